import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { catalogueKey } from '../../functions/domain/stock/links.ts';
import { withBase, withLinks } from '../../functions/domain/stock/sku.ts';
import { eraseOrder } from '../../functions/pipeline/privacy/erase.ts';
import { createAliases } from '../../functions/storage/aliases.ts';
import { createCustomerStore } from '../../functions/storage/customers.ts';
import { createEmails } from '../../functions/storage/emails.ts';
import { createCustomerLinkReader } from '../../functions/storage/erp-customers.ts';
import { getOrders } from '../../functions/storage/order-batches.ts';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { createCustomerIndex, createOrderIndex } from '../../functions/storage/row-index.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { rebuild } from '../../ops/commands/emails.ts';
import { find } from '../../ops/commands/inspect.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { customerRowOf, rowOf } from '../storage/samples.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const STORE = { platform: 'shop', storeId: 's' };
const channel = { ...STORE, sells: ['main'], buffer: 0, shows: 'number' as const };
const rules = {
  channels: [channel],
  baseMeans: 'available' as const,
  settle: { quietSeconds: 10, atMostSeconds: 60 },
};
const orders = () => createOrderStore(tables.client, tables.table);
const customers = () => createCustomerStore(tables.client, tables.table);
const emails = () => createEmails(tables.client, tables.table);
const skus = () => createStockStore({ ...tables, rules, clock });
/** In place of a hash, so that a key cannot be read where nobody asked for an e-mail. */
const hashOf = (key: string) => async (email: string) => Buffer.from(`${key}-${email}`).toString('hex');
const ofOrder = (id: string) => ({ ...STORE, resource: 'order' as const, id });
const ofCustomer = (id: string) => ({ ...STORE, resource: 'customer' as const, id });

let audited: { what: string; details: object; came: object }[] = [];
const contextOf = (key: string) =>
  ({
    merchant: { name: 'demo', platforms: {}, stock: { channels: [], places: {} } },
    stores: [STORE],
    channels: [{ platform: { name: 'shop', title: 'Shop' } }],
    channelOf: () => ({ platform: { resources: { customer: {} } } }),
    ordersOf: (keys: Parameters<typeof getOrders>[2]) =>
      getOrders(tables.client, tables.table, keys, orders().get),
    index: createOrderIndex(tables.client, tables.table),
    customerIndex: createCustomerIndex(tables.client, tables.table),
    aliases: createAliases(tables.client, tables.table),
    customers: customers(),
    customerLinks: createCustomerLinkReader({ client: tables.client, table: tables.table }),
    control: { ...tables, clock },
    stock: { store: skus() },
    emails: { ...emails(), hashOf: hashOf(key) },
    async audited(what: string, details: object, work: () => Promise<object>) {
      audited.push({ what, details, came: await work() });
    },
  }) as unknown as OperatorContext;

/** What a command prints, and its exit code. */
async function printed(work: Promise<number>): Promise<{ code: number; out: string }> {
  let out = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const code = await work.finally(() => write.mockRestore());
  return { code, out };
}
const finding = (text: string, options: { personal?: boolean; days?: number; json?: boolean } = {}) =>
  printed(find(contextOf('key'), text, { json: false, ...options }));

beforeAll(async () => {
  const note = async (email: string, owner: Parameters<ReturnType<typeof emails>['note']>[0]) =>
    emails().note(owner, await hashOf('key')(email));
  const changedAt = new Date(clock.now() - 1000).toISOString();
  await orders().put(rowOf('1', { changedAt, personal: { name: 'Ana', email: 'Ana@example.com' } }), 0);
  await customers().put(customerRowOf('7', { personal: { name: 'Ana', email: 'ana@example.com' } }), 0);
  await note('ana@example.com', ofOrder('1'));
  await note('ana@example.com', ofCustomer('7'));
  // What the tracker has not come to yet.
  await orders().put(rowOf('2', { changedAt, personal: { email: 'late@example.com' } }), 0);
  await orders().put(rowOf('3', { changedAt, personal: { email: 'now@example.com' } }), 0);
  await note('before@example.com', ofOrder('3'));
  const products = [{ productId: 'p', variantId: 'v' }];
  const counted = { quantity: 5, asOf: clock.now() };
  await skus().update('TSHIRT', (known) =>
    withLinks(
      withBase(known, 'main', counted, rules, clock.now()).sku,
      catalogueKey(channel),
      products,
      rules,
      clock.now(),
    ),
  );
  await skus().update('HAT', (known) => withBase(known, 'main', counted, rules, clock.now()).sku);
});
beforeEach(() => {
  audited = [];
});

describe('find EMAIL --personal', () => {
  it('finds the orders and the customer, and shows nothing of the person but what was typed', async () => {
    const { code, out } = await finding(' ANA@example.com', { personal: true });

    expect(code).toBe(0);
    expect(out).toMatch(/shop:s:1 +by its email/);
    expect(out).toMatch(/shop:s:customer:7 +by its email/);
    expect(out).not.toMatch(/ana/i);
  });

  it('stands in the audit trail as a look by an e-mail, and not by which', async () => {
    await finding('ana@example.com', { personal: true });

    expect(audited).toEqual([
      { what: 'find personal', details: { by: 'email' }, came: { orders: 1, customers: 1 } },
    ]);
  });

  it('finds no row whose person has another e-mail now, whatever was noted', async () => {
    expect(await finding('before@example.com', { personal: true })).toMatchObject({ code: 1 });
  });

  it('reads the orders themselves with --days', async () => {
    const without = await finding('late@example.com', { personal: true });
    const { code, out } = await finding('late@example.com', { personal: true, days: 1 });

    expect([without.code, code]).toEqual([1, 0]);
    expect(out).toMatch(/shop:s:2 +by its email/);
  });

  it('says to a program whether an e-mail was looked for', async () => {
    const asked = async (text: string, personal: boolean) =>
      JSON.parse((await finding(text, { personal, json: true })).out) as { asEmail?: boolean };

    expect((await asked('ana@example.com', true)).asEmail).toBe(true);
    expect((await asked('ana@example.com', false)).asEmail).toBe(false);
    expect((await asked('1042', true)).asEmail).toBeUndefined();
  });
});

describe('find EMAIL --personal, where the key of the hashes cannot be read', () => {
  const denied = Object.assign(new Error(), { name: 'AccessDeniedException' });
  const unread = () =>
    ({
      ...contextOf('key'),
      emails: { ...emails(), hashOf: () => Promise.reject(denied) },
    }) as unknown as OperatorContext;
  const options = { personal: true, json: false };

  it('reads the orders themselves with --days, and says that customers are not looked for, and what to do', async () => {
    let told = '';
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      told += String(text);
      return true;
    });

    const { code, out } = await printed(find(unread(), 'ana@example.com', { ...options, days: 1 })).finally(
      () => write.mockRestore(),
    );

    expect(code).toBe(0);
    expect(out).toMatch(/shop:s:1 +by its email/);
    expect(told).toContain('The key of the e-mail hashes could not be read: AccessDeniedException');
    expect(told).toContain('These credentials lack that permission');
    expect(told).toContain('customers are not');
  });

  it.each([{}, { days: 0 }])('fails, and names --days: %j', async (days) => {
    const found = find(unread(), 'ana@example.com', { ...options, ...days });

    await expect(found).rejects.toThrow(/AccessDeniedException[\s\S]*--days reads the orders themselves/);
  });
});

describe('find EMAIL without --personal', () => {
  it.each([{}, { days: 1 }])('looks for none, says so, and leaves no entry: %j', async (options) => {
    const { code, out } = await finding('ana@example.com', options);

    expect(code).toBe(1);
    expect(out).toContain('An e-mail is looked for only with --personal');
    expect(out).not.toContain('shop:s:1');
    expect(audited).toEqual([]);
  });
});

describe('find SKU', () => {
  it('shows the products that have it, and how to see its stock', async () => {
    const { code, out } = await finding('TSHIRT');

    expect(code).toBe(0);
    expect(out).toMatch(/^TSHIRT +SKU/m);
    expect(out).toMatch(/^ +shop:s +product p +variant v/m);
    expect(out).toContain('Its stock: npx acopio --merchant demo stock show TSHIRT');
  });

  it('says where no product has it', async () => {
    expect((await finding('HAT')).out).toMatch(/^HAT +SKU +linked to no product/m);
  });
});

describe('emails rebuild', () => {
  it('counts with --dry-run, and reads no key', async () => {
    const unread = { ...contextOf('key'), emails: undefined } as unknown as OperatorContext;

    const { out } = await printed(rebuild(unread, { dryRun: true, json: true }));

    expect(JSON.parse(out)).toMatchObject({ dryRun: true, orders: 3, customers: 1 });
    expect(audited).toEqual([]);
  });

  it('lets everything be found by a new key, and nothing by the one before; never who is erased', async () => {
    await orders().put(rowOf('4', { personal: { email: 'gone@example.com' } }), 0);
    const raws = createRawStore({ ...tables, days: 1, now: clock.now });
    const eraser = { orders: orders(), raws, commands: { erase: async () => {} }, emails: emails(), clock };
    await eraseOrder(eraser, { ...STORE, platformOrderId: '4' }, { because: 'operator', request: 'c' });

    const { out } = await printed(rebuild(contextOf('new'), { dryRun: false, json: false }));

    const owners = async (key: string, email: string) =>
      (await emails().find(STORE, await hashOf(key)(email), 10)).owners.map(({ id }) => id);
    expect(out).toContain('3 orders and 1 customers');
    expect(audited).toEqual([{ what: 'emails rebuild', details: {}, came: { orders: 3, customers: 1 } }]);
    expect(await owners('new', 'ana@example.com')).toEqual(['7', '1']);
    expect(await owners('new', 'late@example.com')).toEqual(['2']);
    expect(await owners('key', 'ana@example.com')).toEqual([]);
    expect(await owners('new', 'gone@example.com')).toEqual([]);
  });
});
