import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { examplesOf } from '../../ops/examples.ts';
import { createProgram } from '../../ops/program.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { merchantOf } from './merchant.ts';

const shop = deployedShop(98, { stock: { buffer: 1, settle: { quietSeconds: 1, atMostSeconds: 5 } } });
const { ops, json } = operatorAt(shop);
const merchant = merchantOf(shop);
const PATIENCE_MS = 90_000;

async function call(method: string, path: string, token: string, body?: object) {
  const response = await fetch(`${shop.cloud.outputs.ApiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

it('a number of the merchant’s system comes to the shop, and so does a lower one', async () => {
  // Arrange
  const world = shop.platforms.nuvemshop!.world;
  const store = merchant.storeOf();
  const variants = [...store.products.values()].flatMap((product) => product.variants);
  const variant = variants.find(
    ({ sku }) => sku !== null && variants.filter((one) => one.sku === sku).length === 1,
  )!;
  const sku = variant.sku!;
  const shown = () => world.stockOf(variant.id);
  const { said } = await json('tokens', 'create', 'erp', '--scopes', 'stock');
  const token = String(said.token);

  // Act
  const put = await call('PUT', '/v1/stock', token, {
    items: [{ sku, quantity: 8, asOf: new Date().toISOString() }],
  });
  // What the catalogue has of the SKU is learnt when it is compared.
  await shop.cloud.invoke('Nuvemshop/Reconcile/Reconciler/Function', { products: true });

  // Assert
  expect([put.status, put.body.items[0].result]).toEqual([200, 'set']);
  await expect.poll(shown, { timeout: PATIENCE_MS, interval: 200 }).toBe(7);
  const lower = await call('PUT', '/v1/stock', token, {
    items: [{ sku, quantity: 5, asOf: new Date().toISOString() }],
  });
  expect(lower.body.items[0].result).toBe('set');
  await expect.poll(shown, { timeout: PATIENCE_MS, interval: 200 }).toBe(4);
  const known = (await call('GET', `/v1/stock?sku=${encodeURIComponent(sku)}`, token)).body;
  expect(known.channels[0]).toMatchObject({ product: 'linked', promise: 5, target: 4 });
  const { said: byHand } = await json('stock', 'show', sku);
  expect(byHand).toMatchObject({ sku, bases: [{ place: 'main', quantity: 5 }] });
});

describe('the examples of --help', () => {
  const folder = mkdtempSync(join(tmpdir(), 'acopio-stock-'));
  const file = join(folder, 'stock.csv');
  writeFileSync(file, 'sku,quantity\nTSHIRT-M,3\n');
  afterAll(() => rmSync(folder, { recursive: true }));
  const commands = createProgram().commands.find((command) => command.name() === 'stock')!.commands;

  it.each(commands.flatMap(examplesOf))('%s', async (line) => {
    const { code, out, err } = await ops(...line.replace('stock.csv', file).split(' '));

    expect([0, 1], `${out}${err}`).toContain(code);
  });
});
