import { beforeEach, describe, expect, it } from 'vitest';
import { channelsOf, merchantNamed, stockOf } from '../../config/merchant.ts';
import { stockSchema } from '../../config/stock.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createProductMemories } from '../../functions/storage/erp-products.ts';
import { createProductStore } from '../../functions/storage/products.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { storeForProducts, writingTo } from '../../ops/actions/product-writes.ts';
import { linesOf } from '../../ops/commands/product-status.ts';
import { importProducts, pushProduct } from '../../ops/commands/product-writes.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { productStatuses } from '../../ops/data/product-status.ts';
import { type ProductLine, readProduct } from '../../ops/product-file.ts';
import { openWrittenProducts } from '../../ops/products-context.ts';
import { tablesInMemory } from '../outbound/commands/product-world.ts';
import { movedClock } from '../support/fakes.ts';

const STORE = { platform: 'nuvemshop', storeId: '5665778' };

/** The operator of the demo merchant, whose stock is counted where it is said so. */
function open({ counted = false } = {}) {
  const clock = movedClock();
  const tables = tablesInMemory(clock.now);
  const merchant = { ...merchantNamed('demo'), ...(counted ? { stock: stockSchema.parse({}) } : {}) };
  const channels = channelsOf(merchant);
  const commands = createCommandStore({ ...tables, clock });
  const products = createProductStore(tables.client, tables.table);
  const rules = stockOf(merchant);
  const writtenProducts = openWrittenProducts({
    ...{ merchant, channels, commands, products, ordersTable: tables.table },
    control: { ...tables, clock },
    stock: () =>
      ({
        settings: rules,
        store: createStockStore({ ...tables, rules: rules!, clock }),
        sendHints: async () => {},
      }) as unknown as OperatorContext['stock'],
    hint: async () => {},
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const context = { merchant, stores: [STORE], commands, products, writtenProducts };
  const write = writingTo(writtenProducts.writer, STORE);
  return {
    context,
    commands,
    memories: createProductMemories(tables),
    write: (said: object, id = 'POT') => {
      const product = { name: 'Olla', variants: [{ sku: 'POT-1' }], ...said };
      return write(
        { line: 1, ...readProduct(JSON.stringify(product), id) } as ProductLine,
        `c-${Math.random()}`,
      );
    },
  };
}
const keyOf = (externalProductId: string) => ({ ...STORE, externalProductId });

describe('products that an operator writes', () => {
  it('become commands of the operator, as those of the API do', async () => {
    const { write, commands } = open();

    expect(await write({})).toMatchObject({
      product: 'nuvemshop:5665778:erp-product:POT',
      result: 'accepted',
    });
    expect(await write({})).toMatchObject({ result: 'known' });
    expect(await commands.ofOrder(keyOf('POT'))).toMatchObject([{ client: 'operator', command: 'product' }]);
  });

  it('have their prices told as those of whoever owns the stock', async () => {
    const { write } = open({ counted: true });
    const priced = { variants: [{ sku: 'POT-1', price: '10.00' }], currency: 'ARS' };

    expect(await write(priced)).toMatchObject({ result: 'accepted', prices: 1 });
    expect(await write(priced)).not.toHaveProperty('prices');
  });

  it('are refused alone, with a pointer into the file, where the store is told how many there are', async () => {
    const { write, commands } = open({ counted: true });

    const { result, problems } = await write({ variants: [{ sku: 'POT-1', stock: 3 }] });

    expect([result, problems]).toMatchObject([
      'refused',
      [{ pointer: '/variants/0/stock', code: 'not-allowed' }],
    ]);
    expect(await commands.ofOrder(keyOf('POT'))).toEqual([]);
  });

  it('are for the only store that takes some, or for the one that is named', () => {
    const { context } = open();

    expect(storeForProducts(context, undefined)).toEqual(STORE);
    expect(storeForProducts(context, 'nuvemshop:5665778')).toEqual(STORE);
    const imotriz = { platform: 'imotriz', storeId: 'co-main' };
    expect(() => storeForProducts({ ...context, stores: [imotriz] }, 'imotriz:co-main')).toThrow(
      /takes no products from outside/,
    );
  });
});

describe('what became of a product', () => {
  let world: ReturnType<typeof open>;
  beforeEach(() => {
    world = open();
  });
  const shown = async () => {
    const [status] = await productStatuses(world.context as never, 'POT');
    return linesOf({ merchant: world.context.merchant }, status!).join('\n');
  };

  it('is not known where nobody sent it', async () => {
    expect(await productStatuses(world.context as never, 'POT')).toEqual([]);
  });

  it('goes on by itself while its command is under way', async () => {
    await world.write({});

    expect(await shown()).toMatch(
      /^nuvemshop:5665778:erp-product:POT\n {2}platform +no product yet\n {2}texts +under way\n.*state +accepted\n.*goes on by itself/s,
    );
  });

  it('names the product of the platform once there is one', async () => {
    await world.write({});
    const before = await world.memories.of(keyOf('POT'));
    await world.memories.save(keyOf('POT'), { memory: { ...before.memory, productId: '77' } }, before);

    expect(await shown()).toMatch(/platform +nuvemshop:5665778:product:77/);
  });

  it.each([
    ['refused', 'Correct what the pointers name'],
    ['failed', 'Send the product again'],
    ['expired', 'Send the product again'],
    ['in_doubt', 'commands resolve operator product~1'],
  ] as const)('says what to do where its command is %s', (state, next) => {
    const at = '2026-11-28T00:00:00.000Z';
    const command = {
      client: 'operator',
      id: 'product~1',
      state,
      givenAt: at,
      updatedAt: at,
      tries: 1,
      problems: [{ pointer: '/variants/0/sku', code: 'x', detail: 'It is taken.' }],
    };

    const lines = linesOf(
      { merchant: world.context.merchant },
      { id: 'p', groups: { texts: 'refused' }, command },
    );

    expect(lines.join('\n')).toMatch(
      new RegExp(`texts +not as wanted.*/variants/0/sku  It is taken\\..*${next}`, 's'),
    );
  });
});

describe('what a person is asked before products are written', () => {
  const context = () => open().context as unknown as OperatorContext;
  const options = { yes: false, dryRun: false, json: false };

  it('names the merchant, of one product', async () => {
    const asked = pushProduct(context(), 'docs/examples/product.json', undefined, options);

    await expect(asked).rejects.toThrow(/^This writes nuvemshop:5665778:erp-product:\S+ of merchant demo to/);
  });

  it('names the merchant, of a file', async () => {
    const asked = importProducts(context(), 'docs/examples/products.ndjson', options);

    await expect(asked).rejects.toThrow('to nuvemshop:5665778 of merchant demo.');
  });
});
