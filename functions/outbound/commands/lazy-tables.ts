import type { PlatformName } from '../../domain/order.ts';
import { deployedFor } from '../../pipeline/deployed.ts';
import type { CommandTable, NoCommand } from '../../platforms/commands.ts';
import { type CustomerWrite, customerWriteOf } from '../../platforms/customer-write.ts';
import type { Platform } from '../../platforms/platform.ts';
import { type ProductWrite, productWriteOf } from '../../platforms/product-write.ts';
import type { StoreName } from '../../storage/keys.ts';

/** A platform of the merchant, whose code runs when it is asked for and not before. */
export interface LazyChannel {
  readonly name: PlatformName;
  /** The merchant's configuration of it. */
  readonly settings: unknown;
  load(): Promise<Platform>;
}

/** What a store can have done. */
export interface StoreTable {
  /** To an order. */
  readonly commands: CommandTable;
  /** For a customer of the merchant's system. */
  readonly customers: CustomerWrite | NoCommand;
  /** For a product of it. */
  readonly products: ProductWrite | NoCommand;
}

/** What each store can have done; undefined where it is not in the configuration. Made when a platform is first asked about. */
export function lazyTables(
  channels: readonly LazyChannel[],
): (store: StoreName) => Promise<StoreTable | undefined> {
  const known = new Map<PlatformName, Promise<Map<string, StoreTable>>>();
  async function tablesOf({ settings, load }: LazyChannel): Promise<Map<string, StoreTable>> {
    const { platform, stores } = deployedFor(await load(), settings);
    return new Map(
      stores.map((store) => [
        store.id,
        {
          commands: platform.commands(store),
          customers: customerWriteOf(platform, store),
          products: productWriteOf(platform, store),
        },
      ]),
    );
  }
  return async ({ platform, storeId }) => {
    const channel = channels.find(({ name }) => name === platform);
    if (channel === undefined) return undefined;
    const tables = known.get(platform) ?? tablesOf(channel);
    known.set(platform, tables);
    return (await tables).get(storeId);
  };
}
