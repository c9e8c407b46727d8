import { afterAll, beforeAll } from 'vitest';
import { table } from '../../../chaos/aws/clients.ts';
import { Tables } from '../../../chaos/aws/tables.ts';
import type { ErpProductKey } from '../../../functions/domain/erp-product.ts';
import {
  type ErpProductInput,
  erpProductInput,
  groupHashes,
  type WantedProduct,
} from '../../../functions/domain/product-input.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { PlatformRequest, PlatformResponse, Transport } from '../../../functions/http/transport.ts';
import { acceptProduct } from '../../../functions/outbound/commands/accept-product.ts';
import { type Dispatcher, dispatchCommands } from '../../../functions/outbound/commands/dispatch.ts';
import { createProductPlanner } from '../../../functions/outbound/commands/plan-product-calls.ts';
import { productWrite } from '../../../functions/platforms/nuvemshop/product-write/write.ts';
import type { ProductWrite } from '../../../functions/platforms/product-write.ts';
import { COMMAND_PREFIX } from '../../../functions/storage/command-keys.ts';
import { createCommandLeases } from '../../../functions/storage/command-leases.ts';
import { createCommandStore } from '../../../functions/storage/commands.ts';
import { createMadeCategories } from '../../../functions/storage/creations.ts';
import { createProductMemories, createWantedProducts } from '../../../functions/storage/erp-products.ts';
import { createErpSkus } from '../../../functions/storage/erp-skus.ts';
import { createProductStore } from '../../../functions/storage/products.ts';
import { createLease } from '../../../functions/storage/runs.ts';
import type { Product } from '../../../local/platforms/nuvemshop/catalogue/catalogue.ts';
import { type Nuvemshop, startNuvemshop } from '../../platforms/nuvemshop/harness.ts';
import { countingMetrics, keptLog } from '../../support/fakes.ts';
import type { LocalTables } from '../../support/local-tables.ts';
import { Crash } from './command-world.ts';

const sentBody = ({ body = '{}' }: PlatformRequest): object => JSON.parse(Buffer.from(body).toString());
/** As the platform refuses some of the fields that it was sent. */
const refusal = (names: readonly string[]): PlatformResponse => ({
  status: 422,
  headers: new Headers({ 'content-type': 'application/json' }),
  body: Buffer.from(JSON.stringify(Object.fromEntries(names.map((name) => [name, ['is invalid']])))),
});

/** How a call comes to its end: the platform carries it out and its answer is lost, or it never arrives. */
export type Loss = 'lost' | 'never';

/** Of a product as the merchant's system sends it: as the API's schema takes it. */
export type Said = Omit<Partial<ErpProductInput>, 'variants'> & { variants?: object[] };

export const openShop = (options: Parameters<typeof startNuvemshop>[0] = {}): Promise<Nuvemshop> =>
  startNuvemshop({ stores: [{ plan: 'next' }], ...options });

/** A shop for the tests of a file, and a world in it for each of them. */
export function productShop() {
  const opened: { shop?: Nuvemshop } = {};
  beforeAll(async () => {
    opened.shop = await openShop();
  });
  afterAll(() => opened.shop?.sim.stop());
  const shop = (): Nuvemshop => opened.shop!;
  return { shop, open: () => openProductWorld(tablesInMemory(shop().clock.now), shop()) };
}

let worlds = 0;

/** One product of the merchant's system in real tables, and a simulated Nuvemshop, which may be shared: SKUs are the world's own. */
export function openProductWorld(under: LocalTables, shop: Nuvemshop, { locations = [] as string[] } = {}) {
  let commandsRead = 0;
  const send = async (command: Parameters<LocalTables['client']['send']>[0]) => {
    const answer = (await under.client.send(command)) as { Items?: { sk: string }[] };
    commandsRead += (answer.Items ?? []).filter(({ sk }) => sk.startsWith(COMMAND_PREFIX)).length;
    return answer;
  };
  const tables: LocalTables = { ...under, client: { send } as LocalTables['client'] };
  worlds += 1;
  const name = `w${worlds}`;
  const store = { platform: 'nuvemshop', storeId: shop.storeId };
  const key: ErpProductKey = { ...store, externalProductId: `${name}-P` };
  const { clock } = shop;
  const [log, metrics] = [keptLog(), countingMetrics()];
  const options = { ...tables, clock };
  const commands = createCommandStore(options);
  const leases = createCommandLeases(options);
  const memories = createProductMemories(tables);
  const wantedProducts = createWantedProducts(options);
  const skus = createErpSkus(tables);
  const products = createProductStore(tables.client, tables.table);
  const made = createMadeCategories({ ...tables, ...store, clock });
  const lease = createLease({ ...tables, name: { job: 'category', ...store }, clock });
  const requests: PlatformRequest[] = [];
  let points = 0;
  let crashAt = Number.POSITIVE_INFINITY;
  let losses: { at: number; how: Loss }[] = [];
  let writes = 0;
  let refused: readonly string[] = [];
  let blamed: string | undefined;

  /** Two points: the work is not begun, or done and nobody heard of it. */
  const cut =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      points += 1;
      if (points === crashAt) throw new Crash();
      const result = await work(...args);
      points += 1;
      if (points === crashAt) throw new Crash();
      return result;
    };
  const transport: Transport = cut(async (request) => {
    requests.push(request);
    // The shop's bucket is not what is tried here.
    await shop.time.advance(100);
    const isWrite = request.method !== 'GET';
    if (isWrite) writes += 1;
    const loss = isWrite ? losses.find(({ at }) => at === writes)?.how : undefined;
    const lost = () =>
      new PlatformError({ platform: 'nuvemshop', operation: 'x', kind: 'retry-later', outcomeUnknown: true });
    if (loss === 'never') throw lost();
    const isOfProduct = isWrite && /\/products(\/\d+)?$/.test(new URL(request.url).pathname);
    if (isOfProduct && blamed !== undefined) return refusal([blamed]);
    const sent = isWrite ? [sentBody(request)].flat() : [];
    const wrong = refused.filter((name) => sent.some((one) => name in one));
    if (wrong.length > 0) return refusal(wrong);
    const answer = await shop.transport(request);
    if (loss === 'lost') throw lost();
    return answer;
  });
  const api = shop.connect({ transport });

  const dispatcher = {
    commands: { ofOrder: cut(commands.ofOrder), erase: commands.erase },
    leases: { take: cut(leases.take), write: cut(leases.write), release: cut(leases.release) },
    memories: { ...memories, of: cut(memories.of), save: cut(memories.save) },
    wantedProducts: { get: wantedProducts.get },
    skus: { claim: cut(skus.claim), release: skus.release },
    productWrite: productWrite as ProductWrite,
    making: {
      made: { of: cut(made.of), begin: cut(made.begin), keep: cut(made.keep), forget: cut(made.forget) },
      lease: { acquire: cut(lease.acquire), release: cut(lease.release) },
      clock,
    },
    hint: async () => {},
    connection: {
      bucket: { take: async () => ({ granted: 1 }), limits: () => ({ intervalMs: 50 }) },
      api: () => api,
      check: async () => ({ allowed: true, probe: false }),
      succeeded: async () => {},
      failed: async () => false,
    },
    platform: { name: 'nuvemshop', resources: {} },
    store: { id: store.storeId, settings: {} },
    metrics,
    log,
    clock,
    random: () => 0.5,
  } as unknown as Dispatcher;
  const acceptor = {
    commands,
    memories,
    wantedProducts,
    products,
    productWriteOf: async () => productWrite as ProductWrite,
    hint: async () => {},
    clock,
    log,
  };
  const planner = () => createProductPlanner(productWrite as ProductWrite, { memories, skus, made, clock });
  let given = 0;
  let runs = 0;
  const move = (ms: number) => shop.time.advance(ms);
  const wantedOf = (said: Said, pricesElsewhere = false): WantedProduct => ({
    product: erpProductInput().parse({ name: 'Remera', variants: [{ sku: `${name}-1` }], ...said }),
    pricesElsewhere,
    locations,
  });

  return {
    key,
    /** SKUs of this world: `sku('1')`. */
    sku: (of: string | number) => `${name}-${of}`,
    commands,
    memories,
    products,
    wantedOf,
    move,
    points: () => points,
    commandsRead: () => commandsRead,
    /** Calls that the platform got, as `PUT /products/{id}`, since the last time that somebody asked. */
    calls(): string[] {
      return requests
        .splice(0)
        .map(
          ({ method, url }) =>
            `${method} ${new URL(url).pathname.split(shop.storeId)[1]?.replaceAll(/\/[\w.~%-]*\d[\w.~%-]*/g, '/#')}`,
        );
    },
    /** A dry run, of one product or of several after each other. */
    planner() {
      const plan = planner();
      return (said: Said = {}, of: ErpProductKey = key, isGone = false) =>
        plan(api, { key: of, wanted: wantedOf(said), isGone });
    },
    writes: () => requests.splice(0).filter(({ method }) => method !== 'GET'),
    /** The nth write of the platform from now on is lost. */
    lose(how: Loss, nth = 1) {
      losses = [{ at: writes + nth, how }];
    },
    /** From now on the platform refuses writes that say something of these fields, and names those. */
    refuse(...names: string[]) {
      refused = names;
    },
    /** From now on the platform refuses each write of a product itself, and names this, whatever it was sent. */
    blame(name: string) {
      blamed = name;
    },
    /** Products of the simulated shop that have a SKU of this world. */
    shown: (): Product[] =>
      [...shop.world.platform.stores.get(Number(shop.storeId))!.products.values()].filter(({ variants }) =>
        variants.some(({ sku }) => sku?.startsWith(`${name}-`)),
      ),
    store: () => shop.world.platform.stores.get(Number(shop.storeId))!,
    /** As if the product had been brought about. */
    async remember(said: Said, of: ErpProductKey) {
      const memory = { productId: of.externalProductId, reached: groupHashes(wantedOf(said)), images: {} };
      await memories.save(of, { memory }, await memories.of(of));
    },
    put(said: Said = {}, of: ErpProductKey = key, pricesElsewhere = false) {
      given += 1;
      return acceptProduct(acceptor, {
        client: name,
        key: of,
        wanted: wantedOf(said, pricesElsewhere),
        correlationId: `c-${given}`,
      });
    },
    /** One run; true when it was cut off. @param crash the point at which it is, counted from this run's first */
    async run(crash = Number.POSITIVE_INFINITY, of: ErpProductKey = key): Promise<boolean> {
      runs += 1;
      crashAt = points + crash;
      try {
        await dispatchCommands(dispatcher, of, { id: `${name}-${runs}`, timeLeftMs: () => 120_000 });
        return false;
      } catch (thrown) {
        if (thrown instanceof Crash) return true;
        throw thrown;
      } finally {
        crashAt = Number.POSITIVE_INFINITY;
      }
    },
    /** Runs on until every command of the product is through, or waits for a person. */
    async finish(of: ErpProductKey = key) {
      for (let more = 0; more < 60; more += 1) {
        const open = (await commands.ofOrder(of)).filter(
          ({ state }) => state === 'accepted' || state === 'running',
        );
        if (open.length === 0) return commands.ofOrder(of);
        await move(160_000);
        await this.run(undefined, of);
      }
      throw new Error('the commands do not come to an end');
    },
  };
}
export type ProductWorld = ReturnType<typeof openProductWorld>;

/** A table in memory that knows conditions and transactions, for what is tried many times. */
export function tablesInMemory(now: () => number): LocalTables {
  const tables = new Tables({ now, onWrite: () => {} });
  const client = { send: async (command: object) => table({ tables }, command) };
  return { client: client as unknown as LocalTables['client'], table: 'table', endpoint: '' };
}

export const SIZES = ['S', 'M', 'L'];
/** A product in these sizes. */
export const sized = (world: ProductWorld, sizes = SIZES, more: object = {}) => ({
  options: ['Talle'],
  variants: sizes.map((size) => ({ sku: world.sku(size), values: [size], ...more })),
});
export const images = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    src: `https://example.com/picture-${index + 1}-large.jpg`,
  }));

/** Puts a product there, and forgets the calls that it took. */
export async function there(world: ProductWorld, said: object = {}) {
  await world.put(said);
  await world.run();
  world.calls();
}
