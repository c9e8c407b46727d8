import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ErpCustomerInput, erpCustomerInput } from '../../../functions/domain/erp-customer.ts';
import { customerWrite } from '../../../functions/platforms/nuvemshop/customer-write.ts';
import { nuvemshop } from '../../../functions/platforms/nuvemshop/platform.ts';
import { type Nuvemshop, startNuvemshop } from './harness.ts';
import { storeWith } from './open-client.ts';

let shop: Nuvemshop;
beforeEach(async () => {
  shop = await startNuvemshop();
});
afterEach(() => shop.sim.stop());

const inputOf = (changes: object = {}): ErpCustomerInput =>
  erpCustomerInput().parse({ name: 'Persona Inventada', email: 'persona@example.com', ...changes });

/** Looks and calls as the dispatcher does, and names the calls that it took. */
async function write(input: ErpCustomerInput, linkedId?: string) {
  const steps: string[] = [];
  for (;;) {
    const look = await customerWrite.look(shop.client, { linkedId }, input);
    if (look.state !== 'absent') return { ...look, steps };
    if (steps.at(-1) === look.step) throw new Error(`not seen: ${look.step}`);
    steps.push(look.step);
    await customerWrite.run(shop.client, input, look.fresh);
  }
}
const customersThere = () => [...shop.world.platform.stores.get(Number(shop.storeId))!.customers.values()];
const make = (changes: object = {}) =>
  shop.client.customers.create({
    name: 'Persona Inventada',
    email: 'persona@example.com',
    send_email_invite: false,
    ...changes,
  });
const sentBodies = (method: string) =>
  shop.requests.filter((one) => one.method === method).map(({ body }) => JSON.parse(String(body)) as object);

describe('a customer of the merchant’s system', () => {
  it('is made where nobody has its e-mail address or its document', async () => {
    const document = '30.111.222';
    const addresses = [{ street: 'Calle Falsa', number: '123', city: 'Rosario', country: 'AR' }];

    const done = await write(inputOf({ document, note: 'Mayorista', addresses }));

    expect(done).toMatchObject({
      state: 'there',
      steps: ['create'],
      customerId: expect.any(String) as string,
    });
    expect(customersThere()).toMatchObject([
      {
        email: 'persona@example.com',
        identification: document,
        note: 'Mayorista',
        addresses: [{ city: 'Rosario' }],
      },
    ]);
  });

  it('is looked at and not called a second time', async () => {
    await write(inputOf());

    expect(await write(inputOf())).toMatchObject({ state: 'there', steps: [] });
    expect(customersThere()).toHaveLength(1);
  });

  it('gets no invitation unless it is asked for', async () => {
    await write(inputOf());
    await write(inputOf({ email: 'otra@example.com', invite: true }));

    expect(sentBodies('POST')).toMatchObject([{ send_email_invite: false }, { send_email_invite: true }]);
  });

  it('is the one with its e-mail address, whatever the case', async () => {
    const { id } = await make({ email: 'Persona@Example.com', phone: '11 5555 0000' });

    const done = await write(inputOf({ phone: '1155550000', note: 'Nueva' }));

    expect(done).toMatchObject({ customerId: id, steps: ['update'] });
    expect(sentBodies('PUT')).toEqual([{ note: 'Nueva' }]);
  });

  it('is the one with its document where no address is the same, with what separates its digits or without', async () => {
    const { id } = await make({ email: 'vieja@example.com', identification: '20301112223' });

    const done = await write(inputOf({ document: '20-30111222-3' }));

    expect(done).toMatchObject({ customerId: id, steps: ['update'] });
    expect(customersThere()).toMatchObject([{ email: 'persona@example.com', identification: '20301112223' }]);
  });

  it('is nobody whose e-mail address or document only contains what is looked for', async () => {
    await make({ email: 'otra.persona@example.com', identification: '930111222' });

    expect(await write(inputOf({ document: '30111222' }))).toMatchObject({ steps: ['create'] });
  });

  it.each(['-', '.', '---'])(
    'is nobody who has no document where its own says nothing: %s',
    async (document) => {
      await make({ name: 'Otra Persona', email: 'otra-persona@example.com' });

      const done = await write(inputOf({ document }));

      expect(done).toMatchObject({ steps: ['create'] });
      expect(customersThere()).toMatchObject([
        { name: 'Otra Persona', email: 'otra-persona@example.com' },
        { email: 'persona@example.com' },
      ]);
    },
  );

  it('is the linked one also where address and document are others by now', async () => {
    const { id } = await make({ email: 'vieja@example.com' });

    const done = await write(inputOf(), id);

    expect(done).toMatchObject({ customerId: id, steps: ['update'] });
    expect(customersThere()).toHaveLength(1);
  });

  it('is made again once the linked one was deleted', async () => {
    const { id } = await make();
    await shop.remove(`/customers/${id}`);

    expect(await write(inputOf(), id)).toMatchObject({ steps: ['create'] });
  });

  it('is refused where several have its document and none its address', async () => {
    await make({ email: 'a@example.com', identification: '30111222' });
    await make({ email: 'b@example.com', identification: '30111222' });

    const done = await write(inputOf({ document: '30111222' }));

    expect(done).toMatchObject({ state: 'refused', steps: [] });
    expect(JSON.stringify(done)).not.toMatch(/30111222|example\.com/);
  });

  it('keeps the addresses that it has, and says that those sent were not seen', async () => {
    await make();

    const done = await write(inputOf({ addresses: [{ city: 'Rosario' }] }));

    expect(done).toMatchObject({ steps: [], unconfirmed: ['addresses'] });
  });
});

it.each([[['read_orders']], [['read_orders', 'read_customers']]])(
  'an app that may only %j has the customer refused with the remedy, and its token is not doubted',
  async (scopes) => {
    await shop.sim.stop();
    shop = await startNuvemshop({ app: { scopes } });

    await expect(write(inputOf())).rejects.toMatchObject({
      kind: 'refused',
      remedy: expect.stringContaining('write_customers') as string,
    });
  },
);

it('a second mail may harm, and a second call without one does not', () => {
  expect(customerWrite.twice(inputOf({ invite: true }))).toBe('harmful');
  expect(customerWrite.twice(inputOf())).toBe('harmless');
});

it('a change harms nobody when it is made twice, also of whom somebody wants invited', async () => {
  await make({ name: 'Otra Persona' });

  const look = await customerWrite.look(shop.client, {}, inputOf({ invite: true }));

  expect(look).toMatchObject({ state: 'absent', step: 'update', harmless: true });
});

it('a store whose configuration wants no customers takes none, and says what to set', () => {
  expect(nuvemshop.customerWrite?.(storeWith())).toMatchObject({
    refused: expect.stringContaining('"customers": true') as string,
  });
  expect(nuvemshop.customerWrite?.(storeWith({ customers: true }))).toBe(customerWrite);
});
