import { describe, expect, it } from 'vitest';
import { createCustomerLinks } from '../../../functions/storage/erp-customers.ts';
import { customerRowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['customers', 'customers:personal', 'commands']);
const PERSON = /Invented Person|invented@example|30111222/;
const CUSTOMER = { name: 'Invented Person', email: 'invented@example.com', document: '30111222' };
const AT = '?platform=shop&store=s';
let ids = 0;
const fresh = () => {
  ids += 1;
  return `C-${ids}`;
};
const put = (id: string, body: unknown = CUSTOMER, { at = AT, by = token } = {}) =>
  api.call('PUT', `/v1/customers/${id}${at}`, { token: by, body });
const keyOf = (externalId: string) => ({ platform: 'shop', storeId: 's', externalId });

describe('PUT /v1/customers/{externalId}', () => {
  it('keeps what the customer is to be, and invites nobody who was not said to be', async () => {
    const id = fresh();

    const { status, body } = await put(id);

    expect(status).toBe(202);
    expect(body).toMatchObject({
      customer: `shop:s:erp-customer:${id}`,
      result: 'accepted',
      state: 'accepted',
    });
    expect(await api.commands.ofOrder(keyOf(id))).toMatchObject([
      { command: 'customer', input: { ...CUSTOMER, invite: false } },
    ]);
  });

  it('keeps it once while it is under way', async () => {
    const id = fresh();
    const first = await put(id);

    const again = await put(id);

    expect(again.body).toEqual({ ...first.body, result: 'known' });
    expect(await api.commands.ofOrder(keyOf(id))).toHaveLength(1);
  });

  it('is followed by the id of its command, which shows nothing of the person', async () => {
    const id = fresh();
    const { body } = await put(id);

    const shown = await api.call('GET', `/v1/commands/${body.command}`, { token });

    expect(shown.body).toMatchObject({ customer: body.customer, command: 'customer', state: 'accepted' });
    expect(shown.text).not.toMatch(PERSON);
  });

  it('points at each wrong field, and repeats none', async () => {
    const { status, body, text } = await put(fresh(), {
      name: 'Invented Person',
      email: 'invented@',
      phone: 5,
    });

    expect(status).toBe(422);
    expect(body.errors).toMatchObject([
      { pointer: '/body/email', code: 'wrong-format' },
      { pointer: '/body/phone', code: 'wrong-type' },
    ]);
    expect(text).not.toMatch(/Invented Person|invented@/);
  });

  it('takes no id that could name a person: it stands in events', async () => {
    expect((await put('invented%40example.com')).body).toMatchObject({
      code: 'request-invalid',
      errors: [{ pointer: '/path/externalId' }],
    });
  });

  it.each([[['customers']], [['customers:personal', 'commands']]] as const)(
    'is not let in with %j alone',
    async (scopes) => {
      const { status, body } = await put(fresh(), CUSTOMER, { by: api.token([...scopes]) });

      expect(status).toBe(403);
      expect(body.code).toBe('scope-missing');
    },
  );

  it.each([
    ['?platform=elsewhere', 'store-unknown'],
    ['?platform=shop', 'store-unknown'],
    ['?platform=mall', 'command-refused'],
    ['?platform=shop&store=s-2', 'command-refused'],
  ])('at %s is answered %s, and nothing is kept', async (at, code) => {
    const id = fresh();

    const { body } = await put(id, CUSTOMER, { at });

    expect(body.code).toBe(code);
    expect(await api.commands.ofOrder(keyOf(id))).toEqual([]);
  });

  it('is refused where the person was erased', async () => {
    const id = fresh();
    const { personal: _, ...erased } = customerRowOf('31');
    await api.customers.put({ ...erased, erased: { at: 0, because: 'operator', request: 'r' } }, 0);
    await createCustomerLinks(tables).link(keyOf(id), {
      platform: 'shop',
      storeId: 's',
      platformCustomerId: '31',
    });

    const { status, body } = await put(id);

    expect(status).toBe(422);
    expect(body.code).toBe('command-refused');
    expect(await api.commands.ofOrder(keyOf(id))).toEqual([]);
  });

  it('writes nothing of the person to the log', async () => {
    await put(fresh());

    expect(JSON.stringify(api.lines)).not.toMatch(PERSON);
  });
});

describe('GET /v1/customers/{id}, by the id of the merchant’s own system', () => {
  const read = (id: string) =>
    api.call('GET', `/v1/customers/${encodeURIComponent(`shop:s:erp-customer:${id}`)}`, { token });

  it('answers the customer of the platform that it is', async () => {
    const id = fresh();
    await api.customers.put(customerRowOf('41'), 0);
    await createCustomerLinks(tables).link(keyOf(id), {
      platform: 'shop',
      storeId: 's',
      platformCustomerId: '41',
    });

    expect((await read(id)).body).toMatchObject({
      id: 'shop:s:customer:41',
      personal: { name: 'Invented Person' },
    });
  });

  it('says that there is none while the platform has none', async () => {
    const id = fresh();
    await put(id);

    expect((await read(id)).body.code).toBe('customer-unknown');
  });
});
