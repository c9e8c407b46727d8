import type { LazyChannel } from '../../outbound/commands/lazy-tables.ts';
import { passThrough, type ThroughStore } from '../../outbound/pass-through.ts';
import { accountOf } from '../../pipeline/account.ts';
import { deployedFor, secretIdIn } from '../../pipeline/deployed.ts';
import { type Account, openConnection } from '../../platforms/connection.ts';
import type { Runtime } from '../../runtime/handler.ts';
import type { StoreName } from '../../storage/keys.ts';
import type { ApiContext } from './context.ts';

/** Clients of AWS that tests have of their own. */
export type ThroughClients = Partial<Pick<Account, 'dynamo' | 'secretsManager'>>;

/** What is left for the answer once the platform's call must have ended (ms). */
const ANSWER_MS = 2_000;

/**
 * Opens the merchant's stores. A platform's code runs when the first of its stores is asked for. What it throws is known by its
 * name.
 */
export function openStores(
  channels: readonly LazyChannel[],
  runtime: Runtime<'api'>,
  clients: ThroughClients,
): (store: StoreName) => Promise<ThroughStore | undefined> {
  const { env, clock } = runtime;
  const account = { ...accountOf(runtime, clients.dynamo), ...clients };
  const opened = new Map<string, Promise<ThroughStore | undefined>>();

  async function open({ platform: name, storeId }: StoreName): Promise<ThroughStore | undefined> {
    const channel = channels.find((one) => one.name === name);
    if (channel === undefined) return undefined;
    const { platform, stores } = deployedFor(await channel.load(), channel.settings);
    const store = stores.find(({ id }) => id === storeId);
    if (store === undefined) return undefined;
    // By platform: the API alone has the secrets of all of them.
    const secretId = (credential: string, id: string | undefined) =>
      secretIdIn(env.SECRETS, `${name}/${credential}`, id);
    const connection = openConnection(platform, store, { ...account, secretId });
    return { platform, store, connection, clock, priority: 'normal' };
  }

  return (name) => {
    const key = `${name.platform}#${name.storeId}`;
    const store = opened.get(key) ?? open(name);
    opened.set(key, store);
    return store;
  };
}

/** What is left for a call, so that its answer can still be answered with. */
export const timeLeftIn = ({ deadline }: Runtime<'api'>) =>
  deadline === undefined ? {} : { timeLeftMs: () => Math.max(0, deadline.leftMs() - ANSWER_MS) };

/** Passes calls on to the merchant's stores. */
export const lazyPassThrough =
  (stores: ReturnType<typeof openStores>, runtime: Runtime<'api'>): ApiContext['through'] =>
  async (name, request) => {
    const through = await stores(name);
    if (through === undefined) return { outcome: 'endpoint-unknown' };
    return passThrough(through, { ...request, ...timeLeftIn(runtime) });
  };
