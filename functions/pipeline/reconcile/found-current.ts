import { hash } from 'node:crypto';
import type { OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { ListedOrder, ListsChanges } from '../../platforms/resource.ts';
import { FOUND_CURRENT_MS, type FoundCurrent, MOST_FOUND } from '../../storage/found-current.ts';

/** What earlier runs of a scan found current, and what this one does. */
export interface CurrentEntries {
  /** Whether the table is known to say what is listed, so that its row need not be read. */
  has(listed: ListedOrder): boolean;
  /** Notes that a row said what is listed. */
  add(listed: ListedOrder): void;
  /** What is worth a write for the next run; undefined when nothing is. */
  next(): FoundCurrent | undefined;
}

/** A write of all costs more than reading the rows of so small a part of them once more. */
export const WORTH_A_WRITE = 1 / 64;
/** Instances' clocks differ by up to this (ms). */
const CLOCK_MARGIN_MS = 1000;

/**
 * @param known what is stored
 * @param changed ids of orders whose rows changed since `known` was
 * @param now before any row of this run is read
 */
export function createCurrentEntries(
  known: FoundCurrent | undefined,
  changed: ReadonlySet<string>,
  now: EpochMs,
): CurrentEntries {
  const readAt = counts(known, now) ? known.readAt : new Map<number, EpochMs>();
  const met = new Map<number, { readAt: EpochMs; changedAt: EpochMs }>();
  let added = 0;
  const note = (listed: ListedOrder, fingerprint: number, when: EpochMs) =>
    void met.set(fingerprint, { readAt: when, changedAt: listed.changedAt ?? 0 });
  return {
    has(listed) {
      if (listed.orderId === undefined || changed.has(listed.orderId)) return false;
      const fingerprint = fingerprintOf(listed);
      const when = readAt.get(fingerprint);
      if (when === undefined || when <= now - FOUND_CURRENT_MS) return false;
      note(listed, fingerprint, when);
      return true;
    },
    add(listed) {
      added += 1;
      note(listed, fingerprintOf(listed), now);
    },
    next() {
      if (added === 0 || added < met.size * WORTH_A_WRITE) return undefined;
      const newest = [...met].sort(([, a], [, b]) => b.changedAt - a.changedAt).slice(0, MOST_FOUND);
      return { checkedAt: now, readAt: new Map(newest.map(([one, { readAt: when }]) => [one, when])) };
    },
  };
}

/** Whether what is stored may be relied on at all. */
export const counts = (known: FoundCurrent | undefined, now: EpochMs): known is FoundCurrent =>
  known !== undefined && known.checkedAt > now - FOUND_CURRENT_MS && known.checkedAt <= now + CLOCK_MARGIN_MS;

const FINGERPRINT_BYTES = 6;

/** Of all that a comparison looks at in an entry. */
function fingerprintOf({ orderId, changedAt, status: { status, payment, fulfilment } }: ListedOrder): number {
  const said = JSON.stringify([
    orderId,
    changedAt ?? null,
    status ?? null,
    payment ?? null,
    fulfilment ?? null,
  ]);
  return hash('sha256', said, 'buffer').readUIntBE(0, FINGERPRINT_BYTES);
}

/**
 * Whether a row that is current stays so while it does not change: it says what is listed, and not only for now. One that is
 * young may be older than the list, which is left to live traffic for a while, and what waits for its parcels is looked at again.
 */
export function staysCurrent(
  compare: ListsChanges['compare'],
  row: OrderRow,
  listed: ListedOrder,
  askedAt: EpochMs,
): boolean {
  const { state, order, review, incomplete } = row;
  if (state !== 'ok' || order === undefined || review !== undefined || incomplete === true) return false;
  return compare(row, listed, askedAt + FOUND_CURRENT_MS) === 'current';
}
