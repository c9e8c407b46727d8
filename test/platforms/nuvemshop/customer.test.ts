import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseNuvemshopCustomer } from '../../../functions/platforms/nuvemshop/customer.ts';

const sample = new URL('../../payloads/fixtures/nuvemshop/examples/customer-get.json', import.meta.url);
const documented = JSON.parse(readFileSync(sample, 'utf8')) as object;
const read = (json: unknown) => normaliseNuvemshopCustomer(json, { storeId: '1042' });
function customerOf(change: object = {}) {
  const reading = read({ ...documented, ...change });
  if (!reading.ok) throw new Error(reading.problem);
  return reading.said;
}

describe('a customer of Nuvemshop', () => {
  it('is read as documented, with everything of the person apart', () => {
    const home = {
      street: 'Evergreen Terrace',
      number: '742',
      city: 'Springfield',
      province: 'Oregon',
      postalCode: '97475',
      country: 'US',
    };
    expect(customerOf()).toEqual({
      platform: 'nuvemshop',
      storeId: '1042',
      platformCustomerId: '101',
      totalSpent: { amount: 8900, currency: 'USD' },
      lastOrderId: '9001',
      platformCreatedAt: '2013-01-03T12:11:51.000Z',
      platformUpdatedAt: '2013-03-11T12:14:11.000Z',
      warnings: [],
      personal: {
        name: 'John Doe',
        email: 'john.doe@example.com',
        documentId: '22222222222',
        billing: { phone: '555-123-0413', address: home },
        addresses: [{ addressId: '1234', isDefault: true, phone: '555-123-0413', ...home }],
        customFields: [
          { name: 'number_of_children', value: '2' },
          { name: 'gender', value: 'male' },
        ],
      },
    });
  });

  it('needs none of the fields that a store may ask for besides', () => {
    // Arrange
    const { extra: _, ...plain } = documented as Record<string, unknown>;

    // Act
    const reading = read(plain);

    // Assert
    expect(reading).toMatchObject({ ok: true, said: { platformCustomerId: '101', warnings: [] } });
    expect(reading.ok && reading.said.personal.customFields).toBeUndefined();
  });

  it('may have said nothing of itself', () => {
    const { personal } = customerOf({
      name: null,
      email: 'email@noinformado.com',
      identification: '',
      addresses: [],
      extra: [],
      ...Object.fromEntries(
        Object.keys(documented)
          .filter((key) => key.startsWith('billing_'))
          .map((key) => [key, null]),
      ),
    });

    expect(personal).toEqual({});
  });

  it.each([
    ['an amount that is none', { total_spent: 'mucho' }, 'totalSpent'],
    ['an amount without its currency', { total_spent_currency: null }, 'totalSpent'],
    ['a time that is none', { updated_at: 'ayer' }, 'platformUpdatedAt'],
    ['an id of no order', { last_order_id: null }, 'lastOrderId'],
  ])('loses %s, and nothing else', (_, change, field) => {
    const customer = customerOf(change);

    expect(customer).not.toHaveProperty(field);
    expect(customer.personal.name).toBe('John Doe');
  });

  it('is refused without an id, by the names of fields alone', () => {
    expect(read({ ...documented, id: 'John Doe' })).toEqual({
      ok: false,
      reason: 'schema-mismatch',
      problem: expect.not.stringContaining('John') as string,
    });
  });

  it('throws at nothing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...Object.keys(documented)), (value, field) => {
        read(value);
        read({ ...documented, [field]: value });
      }),
    );
  });
});
