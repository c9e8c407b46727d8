import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { eraseOrder } from '../../functions/pipeline/privacy/erase.ts';
import { createAliases } from '../../functions/storage/aliases.ts';
import { createCustomerStore } from '../../functions/storage/customers.ts';
import { createEmails } from '../../functions/storage/emails.ts';
import { getOrders } from '../../functions/storage/order-batches.ts';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { createOrderIndex } from '../../functions/storage/row-index.ts';
import { find } from '../../ops/commands/inspect.ts';
import { findHits } from '../../ops/data/found.ts';
import { customerRowOf, rowOf } from '../storage/samples.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const STORES = [
  { platform: 'shop', storeId: 's' },
  { platform: 'mall', storeId: 'm' },
];
const orders = () => createOrderStore(tables.client, tables.table);
const customers = () => createCustomerStore(tables.client, tables.table);
const emails = () => createEmails(tables.client, tables.table);
const hashOf = (email: string) => `hash of ${email}`;

/** A deployment's tables as an operator reads them, and what stands in its audit trail. */
function context() {
  const audit: object[] = [];
  const read = {
    merchant: { name: 'demo', platforms: {} },
    channels: [],
    channelOf: () => ({ platform: { resources: { customer: {} } } }),
    stores: STORES,
    ordersOf: (keys: OrderKey[]) => getOrders(tables.client, tables.table, keys, orders().get),
    index: createOrderIndex(tables.client, tables.table),
    aliases: createAliases(tables.client, tables.table),
    customers: customers(),
    customerLinks: { of: async () => undefined, to: async () => undefined },
    emails: { ...emails(), hashOf: async (email: string) => hashOf(email) },
    control: { ...tables, clock },
    async audited(what: string, about: object, work: (id: string) => Promise<object>) {
      audit.push({ what, about, came: await work('c-1') });
    },
  };
  return { ...read, audit } as unknown as Parameters<typeof find>[0] & { audit: object[] };
}
const AS_PERSONAL = { auditedAs: 'find personal' };

beforeAll(async () => {
  for (const [id, email] of [
    ['first', 'Ana@example.com'],
    ['gone', 'gone@example.com'],
  ] as const) {
    await orders().put(rowOf(id, { personal: { email } }), 0);
    await emails().note({ ...STORES[0]!, resource: 'order', id }, hashOf(email.toLowerCase()));
  }
  await customers().put(customerRowOf('c', { personal: { email: 'ana@example.com' } }), 0);
  await emails().note({ ...STORES[0]!, resource: 'customer', id: 'c' }, hashOf('ana@example.com'));
});
afterEach(() => vi.restoreAllMocks());

describe('an e-mail address', () => {
  it('finds orders and customers of whoever has it, however it is written', async () => {
    const { matches, customers: found, asEmail } = await findHits(context(), ' ANA@Example.com', AS_PERSONAL);

    expect(matches).toMatchObject([{ name: 'shop:s:first', by: 'email' }]);
    expect(found).toMatchObject([{ name: 'shop:s:customer:c', by: 'email' }]);
    expect(asEmail).toBe(true);
  });

  it('stands in the audit trail as having been looked for, and not itself', async () => {
    const asked = context();

    await findHits(asked, 'ana@example.com', AS_PERSONAL);

    expect(asked.audit).toEqual([
      { what: 'find personal', about: { by: 'email' }, came: { orders: 1, customers: 1 } },
    ]);
  });

  it('is looked for by nobody who does not say that it may be, and the answer says how', async () => {
    const said: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const asked = context();

    const code = await find(asked, 'ana@example.com', { json: false });

    expect(code).toBe(1);
    expect(said.join('')).toContain('An e-mail is looked for only with --personal');
    expect(asked.audit).toEqual([]);
  });

  it('that a row has no more finds nothing, whatever was noted', async () => {
    const row = (await orders().get({ ...STORES[0]!, platformOrderId: 'gone' }))!;
    await orders().put({ ...row, personal: {}, revision: row.revision + 1 }, row.revision);

    expect((await findHits(context(), 'gone@example.com', AS_PERSONAL)).matches).toEqual([]);
  });

  it('of a person who was erased finds nothing', async () => {
    const owner = { ...STORES[0]!, resource: 'order', id: 'erased' } as const;
    await orders().put(rowOf('erased', { personal: { email: 'erased@example.com' } }), 0);
    await emails().note(owner, hashOf('erased@example.com'));

    await eraseOrder(
      {
        orders: orders(),
        raws: createRawStore({ ...tables, days: 1, now: clock.now }),
        commands: { erase: async () => {} },
        emails: emails(),
        clock,
      },
      { ...STORES[0]!, platformOrderId: 'erased' },
      { because: 'customer-request', request: 'c-1' },
    );

    expect((await emails().find(STORES[0]!, hashOf('erased@example.com'), 9)).owners).toEqual([]);
    expect((await findHits(context(), 'erased@example.com', AS_PERSONAL)).matches).toEqual([]);
  });

  it('that nobody noted is found in the orders themselves, as far back as is asked for', async () => {
    const changedAt = new Date(clock.now() - 1000).toISOString();
    await orders().put(rowOf('unnoted', { changedAt, personal: { email: 'unnoted@example.com' } }), 0);

    const at = await findHits(context(), 'unnoted@example.com', { ...AS_PERSONAL, days: 1 });

    expect(at.matches).toMatchObject([{ name: 'shop:s:unnoted', by: 'email' }]);
  });
});
