import { CUSTOMER, type CustomerRow } from '../../domain/customer-row.ts';
import type { PlatformName } from '../../domain/order.ts';
import { type Erasure, type OrderRow, orderOf } from '../../domain/order-row.ts';
import type { PrivacyRequest } from '../../domain/privacy.ts';
import { type EpochMs, isoTime } from '../../domain/time.ts';
import { textOf } from '../../http/answer.ts';
import type { Command } from '../../storage/command-item.ts';
import { createCommandStore } from '../../storage/commands.ts';
import { CUSTOMER_KIND } from '../../storage/customer-keys.ts';
import { createEmails } from '../../storage/emails.ts';
import { createCustomerLinkReader } from '../../storage/erp-customers.ts';
import { ORDER_KIND } from '../../storage/keys.ts';
import type { RawOwner, RawStore } from '../../storage/orders.ts';
import type { ExportedCustomer, ExportedItem, ExportedOrder } from '../../storage/privacy-reports.ts';
import { createOrderIndex, type RowIndex } from '../../storage/row-index.ts';
import type { StoreContext } from '../store-context.ts';
import { type Erased, eraseCustomer, eraseOrder } from './erase.ts';

/** Where a walk through the things of one kind stands. */
export type Cursor = Record<string, string>;

/** Why something is erased: the cause, and the correlation id of the request. */
export type Why = Pick<Erasure, 'because' | 'request'>;

/** One kind of thing of a store in which a person stands. Erasure and data requests go through all kinds of a store. */
export interface PersonalKind {
  /** Part of the ledger's keys, where it stays for good. */
  readonly name: string;
  /** What a report calls them. */
  readonly plural: string;
  /** Ids of those that a request means. */
  named(request: PrivacyRequest): readonly string[];
  /** The ids of all that the store has, a page at a time; what is erased meanwhile is met at most once more. */
  page(after: Cursor | undefined): Promise<{ ids: string[]; next?: Cursor }>;
  /** Whether it is here, and since when (epoch ms). */
  find(id: string): Promise<{ state: 'held' | 'erased' | 'not-held'; firstSeenAt?: EpochMs }>;
  /** Erases the person in it for good, also where it comes only later. Doing it again is harmless. */
  erase(id: string, why: Why): Promise<Erased>;
  /** All that is held of it, for the report; undefined when it is not here. */
  export(id: string): Promise<ExportedItem | undefined>;
}

/** Every kind that a store has. A new kind of thing that names a person joins here. */
export const personalKinds = (context: StoreContext, ordersTable: OrdersTable): readonly PersonalKind[] => [
  ordersOf(context, ordersTable),
  ...(context.platform.resources.customer === undefined ? [] : [customersOf(context, ordersTable)]),
];

interface OrdersTable {
  client: Parameters<typeof createOrderIndex>[0];
  table: string;
}

/** Walks over the ids of a store's rows of one kind. */
const pagesOf =
  <Key>(
    index: Pick<RowIndex<Key>, 'changes'>,
    about: { platform: PlatformName; storeId: string },
    idOf: (key: Key) => string,
  ): PersonalKind['page'] =>
  async (after) => {
    const { pk, changedAt } = after ?? {};
    const cursor = pk === undefined || changedAt === undefined ? {} : { after: { pk, changedAt } };
    // An erased row moves to the end of the index, so the walk meets it once more and nothing is passed over.
    const { keys, next } = await index.changes({ ...about, ...cursor });
    return { ids: keys.map(idOf), ...(next === undefined ? {} : { next: { ...next } }) };
  };

const stateOf = (
  row: Pick<OrderRow, 'erased' | 'origin'> | undefined,
): Awaited<ReturnType<PersonalKind['find']>> =>
  row === undefined
    ? { state: 'not-held' }
    : { state: row.erased === undefined ? 'held' : 'erased', firstSeenAt: row.origin.first.at };

/** Orders: the row, and the platform's own bytes beside it. */
function ordersOf(context: StoreContext, { client, table }: OrdersTable): PersonalKind {
  const { orders, raws, platform, store } = context;
  const index = createOrderIndex(client, table);
  const commands = createCommandStore({ client, table, clock: context.clock });
  const emails = createEmails(client, table);
  const about = { platform: platform.name, storeId: store.id };
  const keyOf = (platformOrderId: string) => ({ ...about, platformOrderId });
  return {
    name: ORDER_KIND,
    plural: 'orders',
    named: ({ orderIds }) => orderIds,
    page: pagesOf(index, about, ({ platformOrderId }) => platformOrderId),
    find: async (id) => stateOf(await orders.get(keyOf(id))),
    erase: (id, why) => eraseOrder({ ...context, commands, emails }, keyOf(id), why),
    async export(id) {
      const row = await orders.get(keyOf(id));
      return row === undefined ? undefined : exportOrder(raws, row, await commands.ofOrder(row));
    },
  };
}

/** Customers: the row, the platform's own bytes while they are not understood, and what is being written of them. */
function customersOf(context: StoreContext, { client, table }: OrdersTable): PersonalKind {
  const { customers, customerIndex, raws, platform, store } = context;
  const commands = createCommandStore({ client, table, clock: context.clock });
  const links = createCustomerLinkReader({ client, table });
  const emails = createEmails(client, table);
  const about = { platform: platform.name, storeId: store.id };
  const keyOf = (platformCustomerId: string) => ({ ...about, platformCustomerId });
  return {
    name: CUSTOMER_KIND,
    plural: 'customers',
    named: ({ customerId }) => (customerId === undefined ? [] : [customerId]),
    page: pagesOf(customerIndex, about, CUSTOMER.idOf),
    find: async (id) => stateOf(await customers.get(keyOf(id))),
    erase: (id, why) => eraseCustomer({ ...context, links, commands, emails }, keyOf(id), why),
    async export(id) {
      const row = await customers.get(keyOf(id));
      if (row === undefined) return undefined;
      const written = await links.to(row);
      return exportCustomer(raws, row, written === undefined ? [] : await commands.ofOrder(written));
    },
  };
}

const exportCustomer = async (
  raws: RawStore,
  row: CustomerRow,
  commands: readonly Command[],
): Promise<ExportedCustomer> => ({
  id: row.platformCustomerId,
  ...(row.customer === undefined ? {} : { customer: { ...row.customer, personal: row.personal ?? {} } }),
  ...seenIn(row),
  ...(commands.length === 0 ? {} : { commands: commands.map(exportCommand) }),
  platformCopies: await copiesOf(raws, row),
});

/** When a thing was seen, and its person erased. */
const seenIn = ({ erased, origin }: Pick<OrderRow, 'erased' | 'origin'>) => ({
  ...(erased === undefined ? {} : { erasedAt: isoTime(erased.at) }),
  firstSeenAt: isoTime(origin.first.at),
  lastSeenAt: isoTime(origin.last.at),
});

async function copiesOf(raws: RawStore, key: RawOwner): Promise<ExportedOrder['platformCopies']> {
  const copies: ExportedOrder['platformCopies'] = [];
  for (const copy of await raws.list(key)) {
    const bytes = await raws.get(key, copy);
    if (bytes !== undefined)
      copies.push({ keptUntil: isoTime(copy.expiresAt * 1000), content: contentOf(bytes) });
  }
  return copies;
}

/** All that is held of an order: the row with its person, what was wanted done to it, and the platform's own bytes until they expire. */
export async function exportOrder(
  raws: RawStore,
  row: OrderRow,
  commands: readonly Command[],
): Promise<ExportedOrder> {
  const order = orderOf(row);
  return {
    id: row.platformOrderId,
    ...(order === undefined ? {} : { order }),
    ...seenIn(row),
    ...(commands.length === 0 ? {} : { commands: commands.map(exportCommand) }),
    platformCopies: await copiesOf(raws, row),
  };
}

const exportCommand = ({ command, input, state, acceptedAt, platformSays }: Command) => ({
  command,
  input,
  state,
  givenAt: isoTime(acceptedAt),
  ...(platformSays === undefined ? {} : { platformSays }),
});

function contentOf(bytes: Uint8Array): unknown {
  const text = textOf(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
