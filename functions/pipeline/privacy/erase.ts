import { contentHash } from '../../domain/canonical-json.ts';
import type { Customer, CustomerKey } from '../../domain/customer.ts';
import { CUSTOMER, type CustomerRow } from '../../domain/customer-row.ts';
import { counted } from '../../domain/event-count.ts';
import { forgetting } from '../../domain/mirror.ts';
import type { Erasure, OrderKey, OrderRow } from '../../domain/order-row.ts';
import { isoTime } from '../../domain/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import type { CommandStore } from '../../storage/commands.ts';
import { customerPk } from '../../storage/customer-keys.ts';
import type { CustomerStore } from '../../storage/customers.ts';
import type { Emails } from '../../storage/emails.ts';
import type { CustomerLinkReader } from '../../storage/erp-customers.ts';
import { orderPk } from '../../storage/keys.ts';
import type { OrderStore, RawStore } from '../../storage/orders.ts';

export interface Eraser {
  orders: OrderStore;
  raws: RawStore;
  commands: Pick<CommandStore, 'erase'>;
  emails: Pick<Emails, 'erase'>;
  clock: Clock;
}

export interface CustomerEraser {
  customers: CustomerStore;
  links: Pick<CustomerLinkReader, 'to'>;
}

/** `erased`: there was something to erase. `not-held`: the order was never here, and a mark now keeps its person out. */
export type Erased = 'erased' | 'erased-before' | 'not-held';

/** Writers of one order are few; more conflicts in a row than this mean that something else is wrong. */
const MAX_CONFLICTS = 8;

/**
 * Erases the personal data of one order for good: the row keeps the order without its person, and a mark by which every
 * later observation loses its personal data on the way in; the platform's own bytes are deleted, commands for the order
 * lose what may tell of a person, and nobody finds the order by an e-mail any more. An order that is not here
 * gets the mark alone. Doing it again, also after a crash in the middle, is harmless.
 *
 * @throws the AWS SDK's errors, or Error when other writers kept winning.
 */
export async function eraseOrder(
  { orders, raws, commands, emails, clock }: Eraser,
  key: OrderKey,
  why: Pick<Erasure, 'because' | 'request'>,
): Promise<Erased> {
  const erased = await eraseRow(orders, key, orderPk(key), (row) => {
    const erasure = { ...why, at: clock.now() };
    return counted(row === undefined ? markOf(key, erasure) : withoutPerson(row, erasure), row);
  });
  // The bytes after the mark: whoever keeps some from now on finds the mark, and takes them back.
  await raws.forget(key);
  await commands.erase(key);
  const { platformOrderId: id, ...store } = key;
  // Not left to whoever follows the rows: they may be late, by more than the stream keeps.
  await emails.erase({ ...store, resource: 'order', id });
  return erased;
}

/** The same of a customer, and of what the merchant's own system is having written to the platform of them. */
export async function eraseCustomer(
  { customers, raws, links, commands, emails, clock }: Omit<Eraser, 'orders'> & CustomerEraser,
  key: CustomerKey,
  why: Pick<Erasure, 'because' | 'request'>,
): Promise<Erased> {
  const erased = await eraseRow(customers, key, customerPk(key), (row) => {
    const erasure = { ...why, at: clock.now() };
    return row === undefined
      ? { ...markOf(key, erasure), eventCount: 1 }
      : customerWithoutPerson(row, erasure);
  });
  await raws.forget(key);
  // After the mark, too: whoever links a customer from now on finds it.
  const written = await links.to(key);
  if (written !== undefined) await commands.erase(written);
  const { platformCustomerId: id, ...store } = key;
  await emails.erase({ ...store, resource: 'customer', id });
  return erased;
}

/** Puts the mark of an erasure on a row. @param withMark the row with it; made anew where there is none */
async function eraseRow<Key, Row extends { revision: number; erased?: Erasure | undefined }>(
  rows: { get(key: Key): Promise<Row | undefined>; put(row: Row, expected: number): Promise<boolean> },
  key: Key,
  pk: string,
  withMark: (row: Row | undefined) => Row,
): Promise<Erased> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const row = await rows.get(key);
    if (row?.erased !== undefined) return 'erased-before';
    if (await rows.put(withMark(row), row?.revision ?? 0)) return row === undefined ? 'not-held' : 'erased';
  }
  throw new OwnError(`${pk}: gave up its erasure after ${MAX_CONFLICTS} write conflicts`);
}

function customerWithoutPerson({ raw: _, ...row }: CustomerRow, erased: Erasure): CustomerRow {
  return CUSTOMER.close(row, {
    ...forgetting<Customer>(CUSTOMER.open(row), CUSTOMER.withoutPerson),
    erased,
    changedAt: isoTime(erased.at),
    version: row.version + 1,
    revision: row.revision + 1,
    eventCount: (row.eventCount ?? 0) + 1,
  });
}

/** The row as it stands after its personal data is gone. For whoever reads rows this is a change of content. */
export function withoutPerson(row: OrderRow, erased: Erasure): OrderRow {
  const { personal: _, raw: __, ...rest } = row;
  return {
    ...rest,
    ...(row.order === undefined ? {} : { contentHash: contentHash({ ...row.order, personal: {} }) }),
    erased,
    changedAt: isoTime(erased.at),
    version: row.version + 1,
    revision: row.revision + 1,
  };
}

/** What stands for a thing that is not here. Nothing was seen of it yet, so no observation is too old. */
function markOf<Key>(key: Key, erased: Erasure) {
  const seen = { via: 'webhook', at: erased.at } as const;
  return {
    ...key,
    state: 'ok' as const,
    changedAt: isoTime(erased.at),
    observedAt: 0,
    version: 0,
    revision: 1,
    erased,
    origin: { first: seen, last: seen },
    correlationId: erased.request,
  };
}
