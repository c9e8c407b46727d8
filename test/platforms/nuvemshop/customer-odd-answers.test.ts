import { describe, expect, it } from 'vitest';
import { erpCustomerInput } from '../../../functions/domain/erp-customer.ts';
import { customerWrite } from '../../../functions/platforms/nuvemshop/customer-write.ts';
import { fakeApi } from './fake-api.ts';

const wanted = erpCustomerInput().parse({
  name: 'Ana',
  email: 'ana@example.com',
  document: '30123456',
  phone: '5491100000000',
});
/** What a search finds of a store whose list shows these. */
const lookAmong = (customers: object[]) =>
  customerWrite.look(
    fakeApi(() => ({ body: customers })).client,
    { linkedId: undefined } as unknown as Parameters<typeof customerWrite.look>[1],
    wanted,
  );

describe('a customer who is looked for before one is made', () => {
  it('is found where the list writes document and phone as numbers', async () => {
    const shown = { id: 7, name: 'Ana', email: null, identification: 30123456, phone: 5491100000000 };

    const look = await lookAmong([shown]);

    expect(look).toMatchObject({ state: 'absent', step: 'update', customerId: '7' });
  });

  it('does not count as missing where an entry of the list cannot be read', async () => {
    const look = lookAmong([{ id: 7, name: 'Ana', email: { address: 'ana@example.com' } }]);

    await expect(look).rejects.toMatchObject({ kind: 'invalid-response' });
  });
});
