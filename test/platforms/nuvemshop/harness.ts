import { createNuvemshopSimulator } from '../../../local/platforms/nuvemshop/simulator.ts';
import { createSharedTime, createSimTransport } from '../virtual-time.ts';
import { type ClientOptions, openClient, USER_AGENT } from './open-client.ts';

type SimulatorOptions = NonNullable<Parameters<typeof createNuvemshopSimulator>[0]>;

/** A simulated Nuvemshop and a client of its first store, on one standing clock. */
export async function startNuvemshop(options: SimulatorOptions = {}, changes: Partial<ClientOptions> = {}) {
  const { sim: simClock, clock } = createSharedTime();
  const sim = createNuvemshopSimulator({ clock: simClock, queueDelayScale: 0, ...options });
  await sim.start();
  const { transport, requests, impatient } = createSimTransport(clock, sim.calls);
  const { storeId, accessToken } = sim.world.credentials();
  const settings = { storeId, baseUrl: `${sim.url}/2025-03`, userAgent: USER_AGENT };
  /** Another client of the same store. */
  const connect = (other: Partial<ClientOptions> = {}) =>
    openClient({
      settings,
      token: async () => accessToken,
      transport,
      clock,
      ...changes,
      ...other,
    });
  const client = connect();
  return {
    sim,
    client,
    connect,
    settings,
    clock,
    time: simClock,
    transport,
    requests,
    impatient,
    storeId,
    accessToken,
    world: sim.world,
    /** Deletes something, as people do in the platform's own pages. */
    remove: (path: string) => client.through({ operation: 'passed.on', method: 'DELETE', path }),
    /** How often a route was called, by the end of its template. */
    count: (method: string, route: string) =>
      sim.calls.filter((call) => call.method === method && call.route.endsWith(`{store_id}${route}`)).length,
  };
}
export type Nuvemshop = Awaited<ReturnType<typeof startNuvemshop>>;

/** Ids of things that are in the store from the start, and one order in a given state. */
export function subjectsOf({ world, storeId }: Pick<Nuvemshop, 'world' | 'storeId'>) {
  const store = world.platform.stores.get(Number(storeId));
  if (store === undefined) throw new Error('the store is gone');
  const orderId = world.place();
  const order = store.orders.get(Number(orderId));
  const product = [...store.products.values()].find(({ variants }) => variants.length > 1);
  const [variant, other] = product?.variants ?? [];
  const location = [...store.locations.values()][0];
  const category = [...store.categories.values()][0];
  const fulfilment = order?.fulfilmentOrders[0];
  if (!order || !product || !variant || !other || !location || !category || !fulfilment) {
    throw new Error('the simulated store lacks something these tests need');
  }
  return { store, order, orderId, product, variant, other, location, category, fulfilment };
}
export type Subjects = ReturnType<typeof subjectsOf>;
