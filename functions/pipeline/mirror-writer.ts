import { type MirrorObservation, type MirrorResult, mirror } from '../domain/mirror.ts';
import type { MirrorFields, MirrorKind, MirrorReading, Stated } from '../domain/mirror-row.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { MetricName } from '../runtime/metric-names.ts';
import type { MirrorRows } from '../storage/mirror-rows.ts';
import { UnstorableRow } from '../storage/order-lines.ts';
import type { RawOwner } from '../storage/orders.ts';
import type { OrderWriter } from './order-writer.ts';

/** What keys of mirrored things have, and whose bytes may be kept. */
export type MirrorKey = RawOwner;

/** Where the rows of one kind are kept. */
export interface MirrorPlace<Key extends MirrorKey, Said extends Stated, Row extends MirrorFields> {
  readonly kind: MirrorKind<Key, Said, Row>;
  readonly rows: MirrorRows<Key, Row>;
  /** Partition of the thing, as logs name it. */
  pkOf(key: Key): string;
}

/** What a writer of mirrored things needs beside their rows. */
export type MirrorWriter = Pick<OrderWriter, 'raws' | 'metrics' | 'log' | 'clock'>;

/** An observation, with the bytes that a person has to look at where they were not understood. */
export type NewMirrorObservation<Key, Said> = Omit<MirrorObservation<Key, Said>, 'raw'> & {
  bytes?: Uint8Array;
};

/** Counts rows that were put into state `needs-review`. */
const REVIEW_METRIC: Readonly<Record<'product' | 'customer', MetricName>> = {
  product: 'ProductNeedsReview',
  customer: 'CustomerNeedsReview',
};

/** Several events of one thing meet at its row; more than this means something else is wrong. */
const MAX_CONFLICTS = 32;

/** What a reading says, as an observation tells it. */
export const observedIn = <Said>(
  reading: MirrorReading<Said>,
): MirrorObservation<unknown, Said>['reading'] =>
  reading.ok
    ? { said: reading.said, ...(reading.omitted === undefined ? {} : { omitted: reading.omitted }) }
    : { review: { reason: reading.reason, problem: reading.problem } };

/**
 * Brings one observation of a mirrored thing into the table, merged under a condition so that concurrent and late observations
 * end in the same row. Bytes are kept only where they were not understood: the platform tells the rest again whenever it is
 * asked. Of a thing whose person was erased no bytes are kept.
 *
 * @param known the row as it was read a moment ago: where it was written since, it is read again
 * @throws the AWS SDK's errors, or Error when other writers kept winning; the message then comes back.
 */
export async function upsertMirrored<Key extends MirrorKey, Said extends Stated, Row extends MirrorFields>(
  writer: MirrorWriter,
  place: MirrorPlace<Key, Said, Row>,
  { bytes, ...observation }: NewMirrorObservation<Key, Said>,
  known?: { row: Row | undefined },
): Promise<MirrorResult<Row>> {
  const { key } = observation;
  const { kind, rows } = place;
  const at = () => writer.clock.now();
  let current = known === undefined ? await rows.get(key) : known.row;
  let seen: MirrorObservation<Key, Said> = { ...observation };
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
    if (current?.erased !== undefined) seen = await takenBack(writer, seen);
    let result = mirror(kind, current, seen, at());
    if (result.outcome === 'needs-review' && bytes !== undefined && current?.erased === undefined) {
      seen = { ...seen, raw: seen.raw ?? (await writer.raws.put(key, bytes)) };
      result = mirror(kind, current, seen, at());
    }
    const done = await write(rows, result, current?.revision ?? 0);
    if (done instanceof UnstorableRow) {
      seen = { ...seen, reading: { review: { reason: done.reason, problem: done.message } } };
      continue;
    }
    if (done) {
      report(writer, place, seen, result);
      return result;
    }
    conflicts += 1;
    current = await rows.get(key);
  }
  throw new OwnError(
    `${place.pkOf(key)}: gave up after ${MAX_CONFLICTS} write conflicts; correlation id ${observation.correlationId}`,
  );
}

/** The observation without the bytes that were kept of it before the person was erased, whatever comes of it now. */
async function takenBack<Key extends MirrorKey, Said>(
  { raws }: MirrorWriter,
  { raw, ...seen }: MirrorObservation<Key, Said>,
): Promise<MirrorObservation<Key, Said>> {
  if (raw !== undefined) await raws.forget(seen.key);
  return seen;
}

/** False when another writer was quicker; the error when the table never takes the row. */
async function write<Key, Row extends MirrorFields>(
  rows: MirrorRows<Key, Row>,
  { row }: MirrorResult<Row>,
  expected: number,
): Promise<boolean | UnstorableRow> {
  if (row === undefined) return true;
  try {
    return await rows.put(row, expected);
  } catch (error) {
    // Where even that it needs review cannot be said, nothing can.
    if (error instanceof UnstorableRow && row.state === 'ok') return error;
    throw error;
  }
}

function report<Key extends MirrorKey, Said extends Stated, Row extends MirrorFields>(
  { metrics, log }: MirrorWriter,
  { kind: { resource }, pkOf }: MirrorPlace<Key, Said, Row>,
  { key, origin: via, correlationId, reading }: MirrorObservation<Key, Said>,
  { outcome, row }: MirrorResult<Row>,
): void {
  if (outcome === 'needs-review') metrics.add(REVIEW_METRIC[resource], key.platform, 1);
  const fields = {
    [resource]: pkOf(key),
    outcome,
    via,
    correlationId,
    ...(row === undefined ? {} : { version: row.version }),
  };
  if ('review' in reading) log.warn(`${resource} needs review`, { ...fields, ...reading.review });
  else log.info(`${resource} recorded`, fields);
}
