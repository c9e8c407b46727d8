import * as z from 'zod';
import { parseJson } from '../../../http/answer.ts';
import { PlatformError } from '../../../http/errors.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { idSchema, ulid, wireId } from '../order/schema.ts';
import { path } from './call.ts';
import { createIdempotently } from './create-idempotently.ts';
import { checked, collect, notSent, type Requests } from './requests.ts';

/** An invoice of an order: its fiscal key and where the buyer can see it (reference, order page, create an invoice). */
export const invoice = z.strictObject({
  key: z.string().min(1).max(200),
  link: z.url({ protocol: /^https?$/ }),
  fulfillment_order_id: ulid.optional(),
});
export type Invoice = z.input<typeof invoice>;

/** An entry as it stands there: another app's may have more fields, or fewer. */
export type InvoiceEntry = Record<string, unknown>;

const metafield = z.looseObject({ id: idSchema, value: z.string() });
const entries = z.array(z.record(z.string(), z.unknown()));

/** Where Nuvemshop looks for invoices. */
const PLACE = { namespace: 'nfe', key: 'list' } as const;
const DESCRIPTION = 'Lista de NFes';
/** How often the list is put together again because another app wrote at the same moment. */
const MAX_ROUNDS = 3;

/**
 * Invoices of orders. Nuvemshop has no call for them: they are one metafield with a list that all apps of the store share
 * (reference, order page, create an invoice; the guide's `access_key` and `url` do not exist). There is no
 * compare-and-set, so every write keeps what was there and is then read back.
 */
export function createInvoices(requests: Requests, clock: Clock) {
  const find = async (orderId: string) => {
    const query = { owner_id: orderId, ...PLACE, per_page: 1 };
    const [found] = await collect(
      'invoices.read',
      requests.list(metafield, 'invoices.read', '/metafields/orders', query),
    );
    return found === undefined ? undefined : { id: found.id, entries: parseEntries(found.value) };
  };

  const create = (orderId: string, list: InvoiceEntry[]) => {
    const body = {
      ...PLACE,
      value: JSON.stringify(list),
      description: DESCRIPTION,
      owner_resource: 'Order',
      owner_id: checked(wireId, 'invoices.write', orderId),
    };
    return createIdempotently({
      clock,
      findExisting: async () => {
        const there = await find(orderId);
        return there !== undefined && includesAll(there.entries, list) ? there : undefined;
      },
      write: async () => {
        const { id } = await requests.post(metafield, 'invoices.write', '/metafields', body);
        return { id, entries: list };
      },
    });
  };

  return {
    /** The invoices of an order, every app's. */
    read: async (orderId: string): Promise<InvoiceEntry[]> => (await find(orderId))?.entries ?? [],
    append: (orderId: string, entry: Invoice) => write(orderId, [entry]),
    write,
  };

  /** Puts our invoices into the list: an entry of the same key is replaced, all others stay as they are, in their order. */
  async function write(orderId: string, ours: readonly Invoice[]): Promise<InvoiceEntry[]> {
    const wanted = checked(z.array(invoice).min(1), 'invoices.write', ours);
    let known: InvoiceEntry[] = [];
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const there = await find(orderId);
      // What was seen before and is gone now was overwritten by a race, ours or another's.
      const list = combine(addMissing(there?.entries ?? [], known), wanted);
      if (there !== undefined && includesAll(there.entries, list)) return there.entries;
      if (there === undefined) await create(orderId, list);
      else {
        const value = JSON.stringify(list);
        await requests.put(metafield, 'invoices.write', path`/metafields/${there.id}`, { value });
      }
      known = list;
    }
    const last = (await find(orderId))?.entries ?? [];
    if (includesAll(last, known)) return last;
    throw new PlatformError({
      platform: 'nuvemshop',
      operation: 'invoices.write',
      kind: 'retry-later',
      outcomeUnknown: true,
      detail: `Another app changed the invoices of the order ${MAX_ROUNDS} times at the same moment.`,
    });
  }
}

function parseEntries(value: string): InvoiceEntry[] {
  if (value.trim() === '') return [];
  try {
    return entries.parse(parseJson(value));
  } catch {
    throw notSent(
      'invoices.read',
      'The invoice metafield nfe/list of the order is not a JSON list.',
      'Another app wrote it: correct or delete it, because writing over it would lose what it says.',
    );
  }
}

/** What was there before, without touching what its owner has changed since. */
function addMissing(there: readonly InvoiceEntry[], known: readonly InvoiceEntry[]): InvoiceEntry[] {
  return [...there, ...known.filter((entry) => !there.some(({ key }) => key === entry.key))];
}

/** `first` with the entries of `second`: same keys replaced in their place, new ones at the end. */
function combine(first: readonly InvoiceEntry[], second: readonly InvoiceEntry[]): InvoiceEntry[] {
  const replaced = first.map(
    (entry) => second.find(({ key }) => key !== undefined && key === entry.key) ?? entry,
  );
  const added = second.filter((entry) => !replaced.some((other) => isSame(other, entry)));
  return [...replaced, ...added];
}

function includesAll(there: readonly InvoiceEntry[], wanted: readonly InvoiceEntry[]): boolean {
  return wanted.every((entry) => there.some((other) => isSame(other, entry)));
}

function isSame(one: InvoiceEntry, other: InvoiceEntry): boolean {
  const text = (entry: InvoiceEntry) =>
    JSON.stringify(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}
