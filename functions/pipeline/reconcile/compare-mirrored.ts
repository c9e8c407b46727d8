import { contentHash } from '../../domain/canonical-json.ts';
import type { MirrorFields, Stated } from '../../domain/mirror-row.ts';
import type { Product } from '../../domain/product.ts';
import type { EpochMs } from '../../domain/time.ts';
import { PlatformError } from '../../http/errors.ts';
import type { ReadThing } from '../../platforms/mirrored-resource.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { sha256Of } from '../../runtime/queue.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { type MirrorKey, type NewMirrorObservation, observedIn, upsertMirrored } from '../mirror-writer.ts';
import { mirroredInStore } from '../mirrored-in-store.ts';
import { customerMirror, type Mirror, productMirror } from '../mirrors.ts';
import { BudgetExhausted } from './call-budget.ts';
import { listedBy, type MirrorRun } from './mirror-run.ts';
import { budgeted, type Compared, ORDERS_AT_ONCE, type Session, type Slice } from './session.ts';
import type { Finding } from './watch.ts';

/** Compares the products in the slice with the table; see {@link compareMirrored}. */
export const compareProducts = (compared: Compared, session: Session, slice: Slice): Promise<boolean> =>
  compareMirrored({ compared, session, ...productsIn(compared, session) }, slice);

/** Asks for every product that the run did not meet; see {@link findRemoved}. */
export const findRemovedProducts = (compared: Compared, session: Session, met: Met): Promise<void> =>
  findRemoved({ compared, session, ...productsIn(compared, session) }, met);

const productsIn = (compared: Compared, { catalogue, watch }: Session) => ({
  mirror: productMirror(compared),
  run: catalogue,
  met: (product: Product) => {
    catalogue.skus.count(product);
    watch.met('product', product.platformProductId, { product });
  },
});

/** The same of customers. */
export const compareCustomers = (compared: Compared, session: Session, slice: Slice): Promise<boolean> =>
  compareMirrored({ compared, session, ...customersIn(compared, session) }, slice);

export const findRemovedCustomers = (compared: Compared, session: Session, met: Met): Promise<void> =>
  findRemoved({ compared, session, ...customersIn(compared, session) }, met);

const customersIn = (compared: Compared, { customers }: Session) => ({
  mirror: customerMirror(compared),
  run: customers,
});

/** Names of the scans all of whose list the run has met: what others list is not known. */
export type Met = ReadonlySet<string>;

/** One kind of mirrored things during one run. */
interface Comparison<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields & Key> {
  readonly compared: Compared;
  readonly session: Session;
  readonly mirror: Mirror<Key, Said, Row>;
  readonly run: MirrorRun;
  /** Told of each that was understood. */
  met?(said: Said): void;
}

/**
 * Compares what is in the slice with the table, and records what differs: a list carries whole things. Each stands for itself.
 * False when one could not be recorded, so that the slice has to be compared again.
 *
 * @throws BudgetExhausted; PlatformError of the list itself; the AWS SDK's errors.
 */
async function compareMirrored<
  Key extends MirrorKey,
  Said extends Stated & Key,
  Row extends MirrorFields & Key,
>(comparison: Comparison<Key, Said, Row>, slice: Slice): Promise<boolean> {
  const { compared, session, mirror, run } = comparison;
  const { api, asked } = budgeted(compared, session);
  const listed = listedBy(run, slice.scan.name);
  let safe = true;
  const { scan, firstPage } = slice;
  for await (const { items, page } of mirror.source.list(api, scan, slice, compared.store, firstPage)) {
    const askedAt = asked.at;
    await mapConcurrent(ORDERS_AT_ONCE, items, async (read) => {
      run.counts.seen += 1;
      const id = idOf(comparison, read);
      if (id !== undefined) listed.add(id);
      try {
        await compareOne(comparison, read, askedAt);
      } catch (error) {
        safe = false;
        found(comparison, idOf(comparison, read) ?? 'no id', 'failed');
        const { resource } = mirror.kind;
        compared.log.error(`a ${resource} could not be recorded; the next run meets it again`, {
          [resource]: idOf(comparison, read) ?? 'no id',
          error: describeError(error),
        });
      }
    });
    if (safe && page !== undefined) slice.onPage?.(page);
  }
  return safe;
}

function found<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields & Key>(
  { session, mirror, run }: Comparison<Key, Said, Row>,
  id: string,
  finding: Finding | 'removed',
): void {
  run.counts[finding] += 1;
  session.watch.found(mirror.kind.resource, id, finding);
}

function idOf<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields & Key>(
  { mirror: { kind } }: Comparison<Key, Said, Row>,
  { reading }: ReadThing<Said>,
): string | undefined {
  return reading.ok ? kind.idOf(reading.said) : reading.id;
}

async function compareOne<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields & Key>(
  comparison: Comparison<Key, Said, Row>,
  read: ReadThing<Said>,
  askedAt: EpochMs,
): Promise<void> {
  const { compared, session, mirror, run, met } = comparison;
  const { reading, bytes } = read;
  const { platform, store, log } = compared;
  const id = idOf(comparison, read);
  if (id === undefined) {
    // Without an id there is no row to make; whoever lists them by hand sees it.
    run.counts.failed += 1;
    session.watch.met(mirror.kind.resource, undefined);
    log.error(`a listed ${mirror.kind.resource} has no id that can be read`, {
      problem: reading.ok ? '' : reading.problem,
    });
    return;
  }
  if (reading.ok) met?.(reading.said);
  const key = mirror.kind.keyOf({ platform: platform.name, storeId: store.id, id });
  const row = await mirror.rows.get(key);
  session.watch.met(mirror.kind.resource, id, { erased: row?.erased !== undefined });
  if (isCurrent(mirror, row, read)) return;
  found(comparison, id, reading.ok ? (row === undefined ? 'missing' : 'stale') : 'failed');
  await record(comparison, { key, observedAt: askedAt, reading: observedIn(reading), bytes }, row);
}

/** Whether the table has what the list says. Of what was not understood, the same bytes would say the same again. */
function isCurrent<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields & Key>(
  { kind: { withoutPerson } }: Mirror<Key, Said, Row>,
  row: Row | undefined,
  { reading, bytes }: ReadThing<Said>,
): boolean {
  if (row === undefined || row.removedAt !== undefined) return false;
  if (!reading.ok) return isInSight(row, reading.problem, bytes);
  const { said } = reading;
  const kept = row.erased === undefined || withoutPerson === undefined ? said : withoutPerson(said);
  return row.state === 'ok' && row.content?.hash === contentHash(kept);
}

const isInSight = ({ state, raw, review }: MirrorFields, problem: string, bytes: Uint8Array): boolean =>
  state === 'needs-review' &&
  (raw === undefined ? review?.problem === problem : raw.sha256 === sha256Of(bytes));

/**
 * Asks for everything that the table has and that a list which the run met whole should have shown and did not: its removal may
 * never have been told. What a list has that the run did not meet whole is left as it is.
 *
 * @throws BudgetExhausted; PlatformError, `auth-failed` alone; the AWS SDK's errors.
 */
async function findRemoved<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields & Key>(
  comparison: Comparison<Key, Said, Row>,
  met: Met,
): Promise<void> {
  const { compared, session, mirror, run } = comparison;
  const { platform, store, log } = compared;
  const { kind, source } = mirror;
  const here = { platform: platform.name, storeId: store.id };
  const lists = [...run.listed.values()];
  const isLeftOut = (key: Key) => {
    const id = kind.idOf(key);
    const scan = source.scanNameOf?.(id, store);
    return lists.some((ids) => ids.has(id)) || (scan !== undefined && !met.has(scan));
  };
  for await (const row of mirroredInStore(mirror, here, isLeftOut)) {
    // What went long ago stays as a row, and costs time without a call.
    if (session.budget.leftMs() <= 0) throw new BudgetExhausted('time');
    // Of one that was erased before it ever came there is nothing to ask.
    if (row.removedAt !== undefined || (row.erased !== undefined && row.content === undefined)) continue;
    try {
      await lookFor(comparison, row);
    } catch (error) {
      // Nobody may ask for anything any more: the next run goes on with this one.
      if (!(error instanceof PlatformError) || error.kind === 'auth-failed') throw error;
      found(comparison, kind.idOf(row), 'failed');
      log.error(`a ${kind.resource} that is not listed could not be asked for`, {
        [kind.resource]: kind.idOf(row),
        error: describeError(error),
      });
      // Those behind it are still to be asked for, and the list that lacks them is known until then.
      if (error.throttled) throw new BudgetExhausted('slots');
    }
  }
}

async function lookFor<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields & Key>(
  comparison: Comparison<Key, Said, Row>,
  row: Row,
): Promise<void> {
  const { compared, session, mirror } = comparison;
  const { platform, storeId } = row;
  const id = mirror.kind.idOf(row);
  const key = mirror.kind.keyOf({ platform, storeId, id });
  const { api, asked } = budgeted(compared, session);
  try {
    const { reading, bytes } = await mirror.source.get(api, id, compared.store);
    const observation = { key, observedAt: asked.at, reading: observedIn(reading), bytes };
    await record(comparison, observation, row);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind !== 'not-found') throw error;
    found(comparison, id, 'removed');
    await record(comparison, { key, observedAt: asked.at, reading: { removed: true } }, row);
  }
}

async function record<Key extends MirrorKey, Said extends Stated & Key, Row extends MirrorFields & Key>(
  { compared, session: { dryRun, runId }, mirror }: Comparison<Key, Said, Row>,
  { bytes, ...observation }: Omit<NewMirrorObservation<Key, Said>, 'origin' | 'correlationId'>,
  row: Row | undefined,
): Promise<void> {
  if (dryRun) return;
  const seen = {
    ...observation,
    origin: 'reconcile',
    correlationId: `${runId}-${mirror.kind.idOf(observation.key)}`,
    // What names a person may have to be deleted in the same moment, which this function may not do.
    ...(bytes === undefined || mirror.kind.withoutPerson !== undefined ? {} : { bytes }),
  } as const;
  await upsertMirrored(compared, mirror, seen, { row });
}
