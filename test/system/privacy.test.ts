import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { signNuvemshop } from '../../functions/platforms/nuvemshop/webhook-proof.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { ROUTES } from '../support/routes.ts';
import { merchantOf, STORE } from './merchant.ts';

const shop = deployedShop(72);
const { ops, json } = operatorAt(shop);
const merchant = merchantOf(shop);
const NAME = `nuvemshop:${STORE}`;
const customer = { id: 9, email: 'invented@example.com', phone: '+5400', identification: '30111222' };

const keyOf = (platformOrderId: string) => ({ platform: 'nuvemshop', storeId: STORE, platformOrderId });
async function landed(): Promise<string> {
  const id = shop.platforms.nuvemshop!.world.place();
  await merchant.settled();
  return id;
}
async function send(path: string, body: object): Promise<void> {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'x-linkedstore-hmac-sha256': signNuvemshop(text, shop.webhookSecrets.nuvemshop),
  };
  const { ok } = await fetch(`${shop.cloud.apiUrl}${path}`, { method: 'POST', headers, body: text });
  if (!ok) throw new Error(`${path} was refused`);
  await shop.cloud.idle();
}
const redactStore = () => send(ROUTES.nuvemshopStoreRedact, { store_id: Number(STORE) });
async function reconcile(): Promise<void> {
  await shop.cloud.invoke('Nuvemshop/Reconcile/Reconciler/Function', { scheduled: true });
  await shop.cloud.idle();
}
const ours = async () =>
  (await shop.table.all()).filter(({ platform, order }) => platform === 'nuvemshop' && order !== undefined);
const persons = async () => (await ours()).filter(({ personal }) => personal !== undefined).length;

/** Everything in the orders table as it is now; the function returned puts it back, and takes away what came since. */
async function backup(): Promise<() => Promise<void>> {
  const { client } = shop.table;
  const TableName = shop.cloud.tableName('Orders/Table');
  const all = async () => (await client.send(new ScanCommand({ TableName }))).Items ?? [];
  const items = await all();
  return async () => {
    for (const { pk, sk } of await all())
      await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
    for (const Item of items) await client.send(new PutCommand({ TableName, Item }));
  };
}

describe('a privacy request of a customer', () => {
  it('gives the merchant a report, then erases the person for good, and works with a dead token', async () => {
    // Arrange
    const id = await landed();
    const row = await shop.table.get(keyOf(id));
    const folder = mkdtempSync(join(tmpdir(), 'acopio-report-'));
    const file = join(folder, 'report.json');
    const about = { store_id: Number(STORE), customer };

    // Act
    await send(ROUTES.nuvemshopCustomersDataRequest, {
      ...about,
      orders_requested: [Number(id)],
      data_request: { id: 456 },
    });
    const listed = await json('privacy', 'reports');
    const fetched = await ops('privacy', 'report', '456', '--to', file);
    const report = existsSync(file) ? readFileSync(file, 'utf8') : '';
    rmSync(folder, { recursive: true });
    shop.platforms.nuvemshop!.world.uninstall();
    await send(ROUTES.nuvemshopCustomersRedact, { ...about, orders_to_redact: [Number(id)] });
    await merchant.install();

    // Assert
    expect(listed.said).toMatchObject({ reports: [{ id: '456', held: { orders: 1 } }] });
    expect(fetched).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(report)).toMatchObject({
      held: { orders: [{ id, order: { personal: row!.personal } }] },
    });
    const erased = await shop.table.get(keyOf(id));
    expect(erased).toMatchObject({ state: 'ok', erased: { because: 'customer-request' } });
    expect(erased).not.toHaveProperty('personal');
    expect((await json('privacy', 'reports')).said).toEqual({ reports: [] });
    expect(shop.cloud.metrics.logged('PrivacyReportReady', 'nuvemshop')).toBe(1);
  });
});

describe('after a restore of the orders table', () => {
  it('the erasures since then are repeated by one command, which may be run again', async () => {
    // Arrange
    const [byCustomer, byOperator, kept] = [await landed(), await landed(), await landed()];
    const restore = await backup();
    await send(ROUTES.nuvemshopCustomersRedact, {
      store_id: Number(STORE),
      customer,
      orders_to_redact: [Number(byCustomer)],
    });
    await ops('privacy', 'erase', `nuvemshop:${byOperator}`, '--yes');
    await restore();
    const back = await Promise.all([byCustomer, byOperator].map((id) => shop.table.get(keyOf(id))));

    // Act
    const dry = await json('privacy', 'reapply', '--dry-run');
    const between = await shop.table.get(keyOf(byOperator));
    const real = await ops('privacy', 'reapply');
    const again = await json('privacy', 'reapply');

    // Assert
    for (const row of back) expect(row?.personal).toBeDefined();
    expect(dry).toMatchObject({ code: 0, said: { dryRun: true } });
    const [first] = dry.said.results as { store: string; erased: number }[];
    expect(first).toMatchObject({ store: NAME, erased: 2 });
    expect(between?.personal).toBeDefined();
    expect(real).toMatchObject({ code: 0, err: expect.stringContaining(`${NAME}: `) as string });
    for (const [id, because] of [
      [byCustomer, 'customer-request'],
      [byOperator, 'operator'],
    ] as const) {
      const row = await shop.table.get(keyOf(id));
      expect(row).toMatchObject({ erased: { because } });
      expect(row).not.toHaveProperty('personal');
      expect(row).not.toHaveProperty('raw');
    }
    expect((await shop.table.get(keyOf(kept)))?.personal).toBeDefined();
    expect(again.said.results).toMatchObject([{ store: NAME, erased: 0 }, {}, {}]);
  }, 300_000);
});

describe('a request to erase a store', () => {
  it('erases nobody while the app is in the store, and waits for a person', async () => {
    await landed();
    const before = await persons();

    await redactStore();
    await reconcile();

    expect(await persons()).toBe(before);
    expect((await json('privacy', 'pending')).said).toEqual({ erasures: [] });
    expect((await json('attention', '--platform', 'nuvemshop')).said).toMatchObject({
      rows: [{ review: { reason: 'privacy-request' } }],
    });
  });

  it('waits two days once the app is gone: an alarm says so, and a person stops it', async () => {
    // Arrange
    await landed();
    const before = await persons();
    shop.platforms.nuvemshop!.world.uninstall();
    await merchant.settled();

    // Act
    await redactStore();
    const pending = await json('privacy', 'pending');
    const told = shop.cloud.metrics.total('StoreErasureWaiting', { platform: 'nuvemshop' });
    const stopped = await ops('privacy', 'stop', NAME);
    const twice = await ops('privacy', 'stop', NAME);
    await merchant.erasureIsDue();
    await reconcile();

    // Assert
    expect(pending.said).toMatchObject({ erasures: [{ store: NAME, state: 'waiting' }] });
    expect(told).toBe(1);
    expect(stopped).toMatchObject({ code: 0, out: expect.stringContaining('is not erased') as string });
    expect(twice).toMatchObject({ code: 2, err: expect.stringContaining('privacy pending') as string });
    expect(await persons()).toBe(before);
    expect((await json('privacy', 'pending')).said).toMatchObject({
      erasures: [{ state: 'stopped', stoppedBy: 'a-test' }],
    });
  }, 300_000);

  it('that was let go on erases the store for good when its time has come', async () => {
    const resumed = await json('privacy', 'resume', NAME);
    await reconcile();
    const before = await persons();
    await merchant.erasureIsDue();
    await reconcile();

    expect(resumed.code).toBe(0);
    expect(before).toBeGreaterThan(0);
    expect(await persons()).toBe(0);
    for (const row of await ours()) {
      expect(row).toMatchObject({ erased: {} });
      expect(row).not.toHaveProperty('raw');
    }
    expect((await json('privacy', 'pending')).said).toEqual({ erasures: [] });
  });
});

describe('the operator', () => {
  it('may erase nothing of a store that is not the merchant’s, and is told what to do', async () => {
    await merchant.install();
    const id = await landed();

    const { code, err } = await ops(
      ...['privacy', 'erase', `nuvemshop#${STORE}#order#${id}`, 'nuvemshop#4242#order#1', '--yes'],
    );
    const nobody = await ops('privacy', 'stop', 'nuvemshop:4242');

    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--merchant') as string });
    expect(err).toContain(`it has: ${STORE}`);
    expect((await shop.table.get(keyOf(id)))?.personal).toBeDefined();
    expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining(NAME) as string });
  });

  it('finds each of these things in the audit trail', async () => {
    const { said } = await json('audit', '--limit', '100');

    const entries = said.entries as { what: string; state: string }[];
    expect(new Set(entries.map(({ what }) => what))).toEqual(
      new Set([
        'export-customer',
        'erase-customer',
        'erase-store requested',
        'erase-store',
        'privacy report',
        'privacy erase',
        'privacy reapply',
        'privacy stop',
        'privacy resume',
      ]),
    );
    expect(entries.every(({ state }) => state === 'done')).toBe(true);
  });
});

it('left no person in any log line', () => {
  const lines = shop.logs.map(({ line }) => line).join('\n');
  for (const text of Object.values(customer).filter((value) => typeof value === 'string'))
    expect(lines).not.toContain(text);
});
