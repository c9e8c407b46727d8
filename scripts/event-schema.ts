import * as z from 'zod';
import { contentHash } from '../functions/domain/canonical-json.ts';
import {
  EVENT_TYPES,
  type EventType,
  type FeedEvent,
  feedEventSchema,
  STOCK_EVENTS,
} from '../functions/domain/event.ts';
import { counted } from '../functions/domain/event-count.ts';
import type { OrderRow } from '../functions/domain/order-row.ts';
import { eventOfCommand } from '../functions/erp/command-event.ts';
import { eventOf } from '../functions/erp/event-of.ts';
import type { Command } from '../functions/storage/command-item.ts';
import { customerRowKey } from '../functions/storage/customer-keys.ts';
import { orderRowKey } from '../functions/storage/keys.ts';
import { productRowKey } from '../functions/storage/product-keys.ts';
import { stockItemKey } from '../functions/storage/stock-keys.ts';

/** What a type of event tells a reader to do. */
const MEANINGS: Readonly<Record<EventType, string>> = {
  'order.created': 'An order is there. Read it.',
  'order.updated': 'Something of an order changed. Read it again where `changed` names what you keep.',
  'order.cancelled': 'An order was cancelled at the platform.',
  'order.attention':
    'Something that the platform sent of an order was not understood. A person looks at it; the order may be out of date.',
  'order.redacted': 'The person of an order was erased for good. Erase what you keep of them.',
  'command.done':
    'A command has its effect at the platform. Where `seen` is false the platform does not show it: look there.',
  'command.refused': 'A command cannot be carried out. Read why, and settle it in another way.',
  'command.failed':
    'A command had no effect, and nobody tries it any more. Give it again if it is still wanted.',
  'command.in_doubt':
    'Nobody knows whether a command had its effect. Wait: an operator looks, and another event follows.',
  'command.expired': 'The time of a command was over. Give it again if it is still wanted.',
  'stock.oversold': 'More of a SKU was sold than there is. Read its stock, and decide which order waits.',
  'stock.rejected':
    'A platform refuses the stock or the prices of a SKU: it goes on with those of before. They are tried again every hour.',
  'stock.drift':
    'A channel shows something else than it was told: somebody typed a number into the panel, or the platform did not do what it answered. Read the stock of the SKU: it says what is shown and what became of it.',
  'stock.unlinked':
    'Your system and the channels do not mean the same goods: no channel has a product with the SKU, or orders take it and you never said how many there are. Look at how it is written; a kit needs its table.',
  'customer.created': 'A customer is there, or is there again. Read it.',
  'customer.updated': 'Something of a customer changed. Read it again where `changed` names what you keep.',
  'customer.deleted': 'The platform has a customer no more. Erase what you keep without need.',
  'customer.attention':
    'Something that the platform said of a customer was not understood. A person looks at it; the customer may be out of date.',
  'customer.redacted': 'The person of a customer was erased for good. Erase what you keep of them.',
  'product.created': 'A product is there, or is there again. Read it.',
  'product.updated': 'Something of a product changed. Read it again where `changed` names what you keep.',
  'product.removed': 'The platform has a product no more: nothing of it is sold there.',
  'product.attention':
    'Something that the platform said of a product was not understood. A person looks at it; the product may be out of date.',
};

const EPOCH = 1_793_880_000;
const at = (second: number): number => Date.parse('2026-11-22T12:00:00.000Z') + second * 1000;
const seen = (second: number) => ({ via: 'webhook', at: at(second) }) as const;

const received: OrderRow = {
  platform: 'shop',
  storeId: '1042',
  platformOrderId: '1870563421',
  state: 'ok',
  changedAt: '2026-11-22T12:00:00.000Z',
  order: {
    platform: 'shop',
    storeId: '1042',
    platformOrderId: '1870563421',
    status: 'received',
    payment: { status: 'pending' },
    fulfilment: { status: 'unpacked', kind: 'delivery', by: 'merchant', parcels: [] },
    platformStatus: { status: 'open' },
    countsAsSale: true,
    currency: 'ARS',
    totals: { total: 1_250_000 },
    warnings: [],
  },
  personal: {},
  observedAt: at(0),
  version: 1,
  revision: 1,
  contentHash: contentHash({}),
  eventCount: 1,
  origin: { first: seen(0), last: seen(0) },
  correlationId: 'c-1',
};

/** The row after it was changed `second` seconds later. */
const later = (row: OrderRow, second: number, change: Partial<OrderRow>): OrderRow =>
  counted(
    {
      ...row,
      ...change,
      changedAt: new Date(at(second)).toISOString(),
      origin: { ...row.origin, last: seen(second) },
    },
    row,
  );
const withOrder = (row: OrderRow, change: Partial<NonNullable<OrderRow['order']>>): Partial<OrderRow> => ({
  version: row.version + 1,
  order: { ...(row.order ?? {}), ...change } as NonNullable<OrderRow['order']>,
});

const paid = later(received, 60, withOrder(received, { status: 'confirmed', payment: { status: 'paid' } }));
const unread = later(paid, 120, {
  state: 'needs-review',
  review: { reason: 'schema-mismatch', problem: 'totals.total: invalid_type', at: at(120) },
});
const cancelled = later(unread, 180, { ...withOrder(unread, { status: 'cancelled' }), state: 'ok' });
const redacted = later(cancelled, 240, {
  version: cancelled.version + 1,
  erased: { at: at(240), because: 'customer-request', request: 'c-2' },
});

const ENDS = ['done', 'refused', 'failed', 'in_doubt', 'expired'] as const;
const given: Command = {
  n: 1,
  client: 'erp',
  id: 'so-7001',
  command: 'dispatch',
  input: {},
  sha256: '',
  state: 'accepted',
  acceptedAt: at(70),
  updatedAt: at(80),
  giveUpAt: at(7 * 24 * 3600),
  fence: 1,
  tries: 1,
  failures: 0,
  stepsSeen: [],
  eventCount: 1,
  correlationId: 'c-3',
};

const PRODUCT = { platform: 'shop', storeId: '1042', platformProductId: '88012' };

/** One product's way through its table, as far as the publisher looks at it. */
function productEvents() {
  const known = {
    ...productRowKey(PRODUCT),
    product: { title: { es: 'Taza' }, variants: [{}] },
    state: 'ok',
  };
  const at = (second: number) =>
    new Date(Date.parse('2026-11-22T12:00:00.000Z') + second * 1000).toISOString();
  const ways: Record<string, unknown>[] = [
    { ...known, version: 1, eventCount: 1, changedAt: at(0) },
    { ...known, product: { ...known.product, variants: [] }, version: 2, eventCount: 2, changedAt: at(60) },
    { ...known, state: 'needs-review', version: 2, eventCount: 3, changedAt: at(120) },
    { ...known, removedAt: 1, version: 3, eventCount: 4, changedAt: at(180) },
  ];
  return ways.map((after, index) => eventOf({ before: ways[index - 1], after, at: 0 }, EPOCH));
}

const CUSTOMER = { platform: 'shop', storeId: '1042', platformCustomerId: '3301' };

/** One customer's way. */
function customerEvents() {
  const known = { ...customerRowKey(CUSTOMER), customer: { acceptsMarketing: false }, state: 'ok' };
  const changedAt = (second: number) => new Date(at(second)).toISOString();
  const ways: Record<string, unknown>[] = [
    { ...known, personal: { a: 1 }, version: 1, eventCount: 1, changedAt: changedAt(0) },
    { ...known, personal: { a: 2 }, version: 2, eventCount: 2, changedAt: changedAt(60) },
    {
      ...known,
      personal: { a: 2 },
      state: 'needs-review',
      version: 2,
      eventCount: 3,
      changedAt: changedAt(120),
    },
    { ...known, removedAt: 1, version: 3, eventCount: 4, changedAt: changedAt(180) },
    { ...known, removedAt: 1, erased: {}, version: 4, eventCount: 5, changedAt: changedAt(240) },
  ];
  return ways.map((after, index) => eventOf({ before: ways[index - 1], after, at: 0 }, EPOCH));
}

/** What may become of the stock of a SKU. */
function stockEvents() {
  const known = { ...stockItemKey('TSHIRT-M'), sku: 'TSHIRT-M', changedAt: '2026-11-22T12:05:00.000Z' };
  const ways = STOCK_EVENTS.map((told, index) => ({ ...known, told, eventCount: index + 1 }));
  return ways.map((after, index) => eventOf({ before: ways[index - 1], after, at: 0 }, EPOCH));
}

/** One order's way, the ends that commands for it may have, a product's way, a SKU's and a customer's, as the publisher tells them. */
export function exampleEvents(): FeedEvent[] {
  const states = [received, paid, unread, cancelled, redacted];
  const ofOrder = states.map((after, index) => {
    const before = states[index - 1];
    const item = (row: OrderRow) => ({ ...orderRowKey(row), ...row });
    return eventOf(
      { after: item(after), at: at(0), ...(before === undefined ? {} : { before: item(before) }) },
      EPOCH,
    );
  });
  const ofCommands = ENDS.map((state, index) =>
    eventOfCommand(received, { ...given, n: index + 1, id: `so-${7001 + index}`, state }, EPOCH),
  );
  return [...ofOrder, ...ofCommands, ...productEvents(), ...stockEvents(), ...customerEvents()].map(
    (event, index) => feedEventSchema().parse({ seq: 41 + index, ...event }),
  );
}

/** The documents of `docs/events`, by name: for each type of event a JSON Schema with an example. */
export function eventDocuments(): Record<string, string> {
  const examples = exampleEvents();
  return Object.fromEntries(
    EVENT_TYPES.map((type) => {
      // What a reader may get: fields that a later release adds are no mistake.
      const schema = z.toJSONSchema(feedEventSchema().extend({ type: z.literal(type) }), {
        target: 'draft-2020-12',
        io: 'input',
      });
      const document = {
        title: `Acopio event ${type}`,
        description: MEANINGS[type],
        ...schema,
        examples: examples.filter((one) => one.type === type),
      };
      return [`${type}.schema.json`, `${JSON.stringify(document, null, 2)}\n`];
    }),
  );
}
