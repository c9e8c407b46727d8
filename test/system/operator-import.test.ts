import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createLease } from '../../functions/storage/runs.ts';
import { operatorOf } from '../../local/shop/operator.ts';
import type { StoreResult } from '../../ops/actions/import.ts';
import { productStatusSchema } from '../../ops/data/product-status.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { DEMO_CHAIN } from '../support/routes.ts';
import { controlOf } from './flow-endpoint.ts';

const STORE = 5665778;
const shop = deployedShop(44, {
  configure({ nuvemshop }) {
    for (const store of nuvemshop.stores) store.customers = true;
  },
});
const { ops, json } = operatorAt(shop);

const store = () => shop.platforms.nuvemshop!.world.platform.stores.get(STORE)!;
/** Orders that were placed before anybody listened. */
function orders(count: number): string[] {
  store().webhooks.clear();
  return Array.from({ length: count }, () => shop.platforms.nuvemshop!.world.place());
}
const kindsOf = (said: Record<string, unknown>) => (said.stores as StoreResult[])[0]!.kinds;

describe('importing what a platform has', { timeout: 120_000 }, () => {
  it('asks before it begins, and says how to do without', async () => {
    const { code, err } = await ops('import', 'nuvemshop');

    expect(code).toBe(2);
    expect(err).toMatch(
      /imports into the tables of merchant demo.*nuvemshop:5665778: orders from .*, products, customers/s,
    );
    expect(err).toContain('--yes');
  });

  it('says what would come, and writes nothing', async () => {
    const ids = orders(3);

    const { code, said } = await json('import', 'nuvemshop', '--dry-run');

    expect(code).toBe(0);
    expect(kindsOf(said).map(({ kind, recorded }) => [kind, recorded])).toEqual([
      ['orders', 3],
      ['products', store().products.size],
      ['customers', store().customers.size],
    ]);
    expect(
      await shop.table.get({ platform: 'nuvemshop', storeId: String(STORE), platformOrderId: ids[0]! }),
    ).toBeUndefined();
  });

  it('brings orders, products and customers in, waits until they are there, and names what cannot be linked', async () => {
    const [first] = store().products.values();
    first!.variants[0]!.sku = null;

    const { code, said } = await json('import', 'nuvemshop', '--yes');

    expect(code).toBe(0);
    const [inOrders, inProducts, inCustomers] = kindsOf(said);
    expect(inOrders).toMatchObject({ state: 'done', seen: 3, recorded: 3, unchanged: 0, skipped: [] });
    expect(inProducts).toMatchObject({ state: 'done', recorded: store().products.size, skipped: [] });
    expect(inProducts!.partly).toEqual([{ reason: 'no-sku', count: 1, examples: [String(first!.id)] }]);
    expect(inCustomers).toMatchObject({ state: 'done', recorded: store().customers.size });
    for (const { state } of await shop.table.all()) expect(state).toBe('ok');
  });

  it('finds everything unchanged the second time', async () => {
    const { code, said } = await json('import', `nuvemshop:${STORE}`, '--yes', '--only', 'orders,products');

    expect(code).toBe(0);
    expect(
      kindsOf(said).map(({ kind, seen, recorded, unchanged }) => [kind, recorded, unchanged - seen]),
    ).toEqual([
      ['orders', 0, 0],
      ['products', 0, 0],
    ]);
  });

  it('says why a kind does not come, and from when on a platform lists orders', async () => {
    const { code, said } = await json(
      'import',
      'pedidosya',
      '--yes',
      '--only',
      'orders,customers',
      '--orders-from',
      '2020-01-01',
    );

    expect(code).toBe(0);
    const [inOrders, inCustomers] = kindsOf(said);
    expect(inOrders!.state).toBe('done');
    expect(inOrders!.skipped).toEqual([
      { reason: 'not-listed', detail: expect.stringMatching(/^20/) as string, examples: [] },
    ]);
    expect(inCustomers).toMatchObject({ state: 'left-out', skipped: [{ reason: 'not-offered' }] });
  });

  it('leaves orders that were not understood to a person, by their reason', async () => {
    const [id] = orders(1);
    store().orders.get(Number(id))!.currency = 'no currency' as never;

    const { code, out } = await ops('import', 'nuvemshop', '--yes', '--only', 'orders');

    expect(code).toBe(1);
    expect(out).toMatch(
      new RegExp(`1 need review \\(schema-mismatch\\): ${id}. See: .* attention --platform nuvemshop`),
    );
  });

  it('ends by Ctrl-C while another run is under way, and says what was not begun and how to go on', async () => {
    const { table, ...control } = controlOf(shop);
    const name = { job: 'reconcile', platform: 'nuvemshop', storeId: String(STORE) } as const;
    const lease = createLease({ ...control, table, name, clock: systemClock });
    await lease.acquire('somebody-else', 60_000);
    const { options, environment } = operatorOf(shop);
    const words = [...options, '--as', 'whoever-waits', 'import', 'nuvemshop', '--yes', '--only', 'orders'];
    const child = spawn(process.execPath, ['ops/main.ts', ...words], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = text(child.stdout);
    const ended = once(child, 'close');
    await expect
      .poll(async () => JSON.stringify((await json('audit')).said), { timeout: 30_000 })
      .toContain('whoever-waits');

    child.kill('SIGINT');
    const [code] = (await ended) as [number];
    await lease.release('somebody-else');

    expect(code).toBe(1);
    expect(await said).toMatch(
      /not begun.*Nothing is lost; to go on: npx acopio --merchant demo import nuvemshop/s,
    );
  });

  it('ends with 3 where the platform may not be called', async () => {
    await ops('platforms', 'pause', `pedidosya:${DEMO_CHAIN}`, '--reason', 'a test of the import');

    const { code, out } = await ops('import', 'pedidosya', '--yes', '--only', 'orders');
    await ops('platforms', 'resume', 'pedidosya');

    expect(code).toBe(3);
    expect(out).toContain('no call may be made');
  });
});

describe('importing products from a file', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'acopio-products-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'products.ndjson');
  const pot = { externalId: 'POT', name: 'Olla', variants: [{ sku: 'POT-1' }] };
  const mug = {
    externalId: 'MUG',
    name: 'Taza',
    options: ['Color'],
    variants: ['White', 'Blue'].map((color) => ({ sku: `MUG-${color}`, values: [color], price: '125.00' })),
    currency: 'ARS',
    categories: [{ path: ['Cocina nueva'] }],
  };
  const shown = (name: string) =>
    [...store().products.values()].filter((one) => Object.values(one.name).includes(name));
  const lines = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const statusOf = async (id: string) => {
    const { said } = await json('products', 'status', id);
    return productStatusSchema().parse((said.products as unknown[])[0]);
  };

  it('lists the calls, makes them, and leaves alone what is so already and what cannot be read', async () => {
    // Arrange: one is there, one is new, and one has a variant without a SKU.
    writeFileSync(join(folder, 'pot.json'), JSON.stringify(pot));
    writeFileSync(
      file,
      [mug, pot, { ...mug, externalId: 'BAD', variants: [{}] }].map((one) => JSON.stringify(one)).join('\n'),
    );
    const pushed = await ops('products', 'push', join(folder, 'pot.json'), '--yes');
    await expect.poll(async () => (await statusOf('POT')).command?.state).toBe('done');

    // Act
    const dry = await ops('products', 'import', file, '--dry-run');
    const between = shown('Taza');
    const real = await ops('--json', 'products', 'import', file, '--yes');
    await expect.poll(async () => (await statusOf('MUG')).command?.state).toBe('done');
    const became = await ops('products', 'status', '--file', file);

    // Assert
    expect(pushed).toMatchObject({ code: 0, out: expect.stringContaining('products status') as string });
    expect(dry).toMatchObject({ code: 1 });
    expect(dry.out.split('\n')).toEqual([
      'nuvemshop:5665778:erp-product:MUG: would be accepted, 2 calls',
      '  POST /categories  category "Cocina nueva"',
      '  POST /products    the product with 2 variants',
      'nuvemshop:5665778:erp-product:POT: unchanged, nobody is called',
      `${file}:3: /variants/0/sku: It is required.`,
      '1 would be accepted with 2 calls, 1 unchanged, 1 refused.',
      'Dry run, nothing was written or sent.',
      '',
    ]);
    expect(between).toEqual([]);
    expect(real.code).toBe(1);
    expect(lines(real.out)).toMatchObject([
      { line: 1, externalId: 'MUG', result: 'accepted' },
      { line: 2, externalId: 'POT', result: 'unchanged' },
      { line: 3, externalId: 'BAD', result: 'refused', problems: [{ pointer: '/variants/0/sku' }] },
      { total: { accepted: 1, unchanged: 1, refused: 1 } },
    ]);
    const [category] = [...store().categories.values()].filter((one) =>
      Object.values(one.name).includes('Cocina nueva'),
    );
    expect(shown('Taza')).toMatchObject([
      {
        categoryIds: [category!.id],
        variants: [
          { sku: 'MUG-White', priceCents: 12_500 },
          { sku: 'MUG-Blue', priceCents: 12_500 },
        ],
      },
    ]);
    expect(shown('Olla')).toHaveLength(1);
    expect(became).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^BAD: not sent .*\n2 done, 1 not sent\.\n$/) as string,
    });
  });

  it('says what became of a product that the platform refuses, and where', async () => {
    const { faults } = shop.platforms.nuvemshop!;
    const taken = faults.add({
      kind: 'status',
      status: 422,
      times: 1,
      match: { method: 'POST', path: '/products' },
    });
    writeFileSync(
      join(folder, 'pan.json'),
      JSON.stringify({ ...pot, variants: [{ sku: 'PAN-1' }] }).replace('"POT"', '"PAN"'),
    );

    await ops('products', 'push', join(folder, 'pan.json'), '--yes');
    await expect.poll(async () => (await statusOf('PAN')).command?.state).toBe('refused');
    taken();

    const { code, out } = await ops('products', 'status', 'PAN');
    expect(code).toBe(1);
    expect(out).toMatch(
      /erp-product:PAN\n.*no product yet.*texts +not as wanted.*state +refused.*\(all of it\).*Correct what/s,
    );
    expect(await ops('products', 'status', 'NEVER')).toMatchObject({ code: 1 });
  });
});
