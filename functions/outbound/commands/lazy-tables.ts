import type { PlatformName } from '../../domain/order.ts';
import { deployedFor } from '../../pipeline/deployed.ts';
import type { CommandTable } from '../../platforms/commands.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Acceptor } from './accept.ts';

/** A platform of the merchant, whose code runs when it is asked for and not before. */
export interface LazyChannel {
  readonly name: PlatformName;
  /** The merchant's configuration of it. */
  readonly settings: unknown;
  load(): Promise<Platform>;
}

/** What each store can have done to an order. A platform's tables are made when one of its orders is first asked about. */
export function lazyTables(channels: readonly LazyChannel[]): Acceptor['tableOf'] {
  const known = new Map<PlatformName, Promise<Map<string, CommandTable>>>();
  async function tablesOf({ settings, load }: LazyChannel): Promise<Map<string, CommandTable>> {
    const { platform, stores } = deployedFor(await load(), settings);
    return new Map(stores.map((store) => [store.id, platform.commands(store)]));
  }
  return async ({ platform, storeId }) => {
    const channel = channels.find(({ name }) => name === platform);
    if (channel === undefined) return undefined;
    const tables = known.get(platform) ?? tablesOf(channel);
    known.set(platform, tables);
    return (await tables).get(storeId);
  };
}
