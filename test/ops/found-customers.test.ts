import { beforeAll, describe, expect, it } from 'vitest';
import type { CustomerRow } from '../../functions/domain/customer-row.ts';
import { createCustomerStore } from '../../functions/storage/customers.ts';
import { createCustomerLinks } from '../../functions/storage/erp-customers.ts';
import { findCustomers } from '../../ops/data/found-customers.ts';
import { customerRowOf } from '../storage/samples.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const customers = () => createCustomerStore(tables.client, tables.table);
const links = () => createCustomerLinks({ client: tables.client, table: tables.table });
const context = () =>
  ({
    stores: [
      { platform: 'shop', storeId: 's' },
      { platform: 'mall', storeId: 'm' },
    ],
    channelOf: (platform: string) => ({
      platform: { resources: platform === 'shop' ? { customer: {} } : {} },
    }),
    customers: customers(),
    customerLinks: links(),
  }) as unknown as Parameters<typeof findCustomers>[0];
const hits = async (text: string) =>
  (await findCustomers(context(), text)).map(({ name, by, state }) => [name, by, state]);

beforeAll(async () => {
  const put = (id: string, change: Partial<CustomerRow> = {}) =>
    customers().put(customerRowOf(id, change), 0);
  await put('1');
  await put('2', { removedAt: 5 });
  await put('3', { erased: { at: 5, because: 'operator', request: 'c' } });
  await links().link(
    { platform: 'shop', storeId: 's', externalId: 'crm:77' },
    { platform: 'shop', storeId: 's', platformCustomerId: '1' },
  );
});

describe('a customer is found by', () => {
  it.each([
    ['1', 'shop:s:customer:1', 'id', 'ok'],
    ['shop:s:customer:1', 'shop:s:customer:1', 'id', 'ok'],
    ['crm:77', 'shop:s:customer:1', 'external id', 'ok'],
    ['shop:s:erp-customer:crm:77', 'shop:s:customer:1', 'external id', 'ok'],
    ['2', 'shop:s:customer:2', 'id', 'removed'],
    ['3', 'shop:s:customer:3', 'id', 'erased'],
  ])('%s', async (text, ...hit) => {
    expect(await hits(text)).toEqual([hit]);
  });

  it('nothing that is the person', async () => {
    const { personal = {} } = customerRowOf('1');
    const texts = Object.values(personal).filter((one) => typeof one === 'string');

    expect(texts).not.toEqual([]);
    for (const text of texts) expect(await hits(text)).toEqual([]);
    expect(JSON.stringify(await findCustomers(context(), '1'))).not.toContain(texts[0]);
  });

  it('no store of another platform, or of another merchant', async () => {
    for (const text of ['mall:m:customer:1', 'other:s:erp-customer:crm:77', 'shop:t:customer:1'])
      expect(await hits(text)).toEqual([]);
  });
});
