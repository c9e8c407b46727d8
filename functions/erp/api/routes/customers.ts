import * as z from 'zod';
import type { CustomerRow } from '../../../domain/customer-row.ts';
import { parseCustomerName, parseErpCustomerName } from '../../../domain/item-name.ts';
import { lazily } from '../../../domain/lazily.ts';
import { customerPk } from '../../../storage/customer-keys.ts';
import type { ChangedCustomer } from '../../../storage/row-index.ts';
import { CUSTOMERS_PERSONAL, type CustomerView, customerView, viewOfCustomer } from '../customer-view.ts';
import { customerNames } from '../fields.ts';
import { recordPersonalReads } from '../order-view.ts';
import { Problem } from '../problem.ts';
import { route } from '../route.ts';
import { changedPage, type Listing, listQuery } from './changed-list.ts';

const customerPage = lazily(() =>
  z.object({
    /** May be empty although there are more. */
    items: z.array(customerView()),
    /** What to send as `cursor` next; absent after the last. */
    next: z.string().optional(),
  }),
);

const moreScopes = { [CUSTOMERS_PERSONAL]: 'adds `personal`: name, e-mail, document, addresses' } as const;

export const listCustomers = route({
  operation: 'listCustomers',
  method: 'GET',
  path: '/v1/customers',
  scopes: ['customers'],
  moreScopes,
  summary: 'Customers of all stores, the one that changed longest ago first',
  description:
    'Of the stores whose configuration says that customers are mirrored. Also those that a platform has no more; they carry `removedAt`.',
  query: () => z.strictObject(listQuery('customers')),
  answer: { status: 200, description: 'One page of customers.', schema: customerPage },
  problems: ['request-invalid', 'cursor-invalid', 'cursor-of-other-filters'],
  personal: true,
  async handle({ query, client }, context) {
    const listing: Listing<ChangedCustomer, CustomerRow, CustomerView> = {
      list: 'customers',
      changes: context.customerIndex.changes,
      pkOf: (store, platformCustomerId) => customerPk({ ...store, platformCustomerId }),
      idOf: ({ platformCustomerId }) => platformCustomerId,
      get: context.customers.get,
      // Of what was gone before anybody knew of it there is nothing to tell.
      view: (row) => (row.eventCount === undefined ? undefined : viewOfCustomer(row, client)),
    };
    const { items, answer } = await changedPage(listing, query, context);
    const seen = items.filter(({ personal }) => personal !== undefined);
    recordPersonalReads(seen, client, context, 'customers');
    return answer;
  },
});

export const getCustomer = route({
  operation: 'getCustomer',
  method: 'GET',
  path: '/v1/customers/{id}',
  scopes: ['customers'],
  moreScopes,
  summary: 'One customer as it is now',
  parameters: () =>
    z.strictObject({
      id: customerNames().meta({
        description:
          '`platform:store:customer:id`, percent-encoded: `id` of a customer, `key` of an event about one. Or, by your own id, `platform:store:erp-customer:id`.',
      }),
    }),
  answer: { status: 200, description: 'The customer.', schema: customerView },
  problems: ['request-invalid', 'customer-unknown'],
  personal: true,
  tagged: true,
  async handle({ path, client }, context) {
    const own = parseErpCustomerName(path.id);
    const key = own === undefined ? parseCustomerName(path.id) : await context.linkedCustomer(own);
    const row = key === undefined ? undefined : await context.customers.get(key);
    if (row?.eventCount === undefined)
      throw new Problem('customer-unknown', {
        detail:
          'No customer has this id. Send the `id` of a customer, or the `key` of an event, as it was answered.',
      });
    const view = viewOfCustomer(row, client);
    if (view.personal !== undefined) recordPersonalReads([view], client, context, 'customers');
    return { status: 200, body: view };
  },
});
