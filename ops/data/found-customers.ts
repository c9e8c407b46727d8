import type { CustomerKey } from '../../functions/domain/customer.ts';
import type { CustomerRow } from '../../functions/domain/customer-row.ts';
import { customerName, parseCustomerName, parseErpCustomerName } from '../../functions/domain/item-name.ts';
import type { KnownStore } from '../../functions/pipeline/replay/select.ts';
import type { OperatorContext } from '../context.ts';

/** A customer that a text means, without the person. */
export interface CustomerHit {
  /** As `privacy erase` takes it. */
  name: string;
  by: 'id' | 'external id' | 'email';
  state: 'ok' | 'needs-review' | 'removed' | 'erased';
  /** The id that the merchant's own system gave it. */
  externalId?: string;
  changedAt: string;
}

type Reads = Pick<OperatorContext, 'stores' | 'channelOf' | 'customers' | 'customerLinks'>;

/** Customers by the platform's id, by that of the merchant's own system, or by a whole name of either. */
export async function findCustomers(context: Reads, text: string): Promise<CustomerHit[]> {
  const wanted = text.trim();
  const own = parseErpCustomerName(wanted);
  const whole = parseCustomerName(wanted);
  const stores = context.stores.filter(
    ({ platform }) => context.channelOf(platform).platform.resources.customer !== undefined,
  );
  const isHere = ({ platform, storeId }: KnownStore) =>
    stores.some((one) => one.platform === platform && one.storeId === storeId);
  if (whole !== undefined) return isHere(whole) ? customerHits(context, whole, 'id') : [];
  const keys =
    own === undefined ? stores.map((store) => ({ ...store, externalId: wanted })) : [own].filter(isHere);
  const linked = await Promise.all(keys.map((key) => context.customerLinks.of(key)));
  const hits = await Promise.all([
    ...(own === undefined ? stores : []).map((store) =>
      customerHits(context, { ...store, platformCustomerId: wanted }, 'id'),
    ),
    ...linked.map((key) => (key === undefined ? [] : customerHits(context, key, 'external id'))),
  ]);
  return hits.flat();
}

/** The customer as a hit; none where there is no row. */
export async function customerHits(
  { customers, customerLinks }: Pick<Reads, 'customers' | 'customerLinks'>,
  key: CustomerKey,
  by: CustomerHit['by'],
): Promise<CustomerHit[]> {
  const row = await customers.get(key);
  if (row === undefined) return [];
  const link = await customerLinks.to(key);
  return [
    {
      name: customerName(key),
      by,
      state: stateOf(row),
      ...(link === undefined ? {} : { externalId: link.externalId }),
      changedAt: row.changedAt,
    },
  ];
}

function stateOf({ erased, removedAt, state }: CustomerRow): CustomerHit['state'] {
  if (erased !== undefined) return 'erased';
  return removedAt === undefined ? state : 'removed';
}
