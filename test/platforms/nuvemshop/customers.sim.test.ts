import { afterEach, describe, expect, it } from 'vitest';
import { customers } from '../../../functions/platforms/nuvemshop/customer-resource.ts';
import { type Nuvemshop, startNuvemshop } from './harness.ts';
import { storeWith } from './open-client.ts';

let shop: Nuvemshop;
afterEach(() => shop.sim.stop());

const simulated = ({ world, storeId }: Nuvemshop) => world.platform.stores.get(Number(storeId))!;
const make = (name: string) =>
  shop.client.customers.create({ name, email: `${name}@example.com`, send_email_invite: false });
async function listed() {
  const range = { from: 0, to: shop.clock.now() + 1000 };
  const scan = { query: {} } as Parameters<typeof customers.list>[1];
  const found = [];
  for await (const page of customers.list(shop.client, scan, range, storeWith()))
    found.push(...page.items.map(({ reading }) => reading));
  return found;
}

describe('customers of Nuvemshop', () => {
  it('read alike from a list and one by one', async () => {
    shop = await startNuvemshop();
    await make('uno');
    const { id } = await make('dos');

    const { reading } = await customers.get(shop.client, id, storeWith());

    expect(reading).toMatchObject({ ok: true, said: { personal: { email: 'dos@example.com' } } });
    expect(await listed()).toContainEqual(reading);
    expect(await listed()).toHaveLength(2);
  });

  it('are not found once they are deleted', async () => {
    shop = await startNuvemshop();
    const { id } = await make('uno');
    await shop.remove(`/customers/${id}`);

    await expect(customers.get(shop.client, id, storeWith())).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('say what is missing when the app may not read them', async () => {
    shop = await startNuvemshop();
    simulated(shop).scopes = new Set(['write_orders']);

    await expect(listed()).rejects.toMatchObject({
      kind: 'refused',
      status: 403,
      remedy: expect.stringContaining('read_customers') as string,
    });
  });

  it('are listed and subscribed to only where the configuration wants them', async () => {
    shop = await startNuvemshop();

    expect(customers.scans(storeWith())).toEqual([]);
    expect(customers.scans(storeWith({ customers: true }))).toMatchObject([{ resource: 'customer' }]);
    expect(shop.client.mirrorsCustomers).toBe(false);
  });
});
