import { isDeepStrictEqual } from 'node:util';
import type { EpochMs } from '../../domain/time.ts';
import { PlatformError } from '../../http/errors.ts';
import type { ListsIds } from '../../platforms/resource.ts';
import { describeError } from '../../runtime/describe-error.ts';
import { type Missing, remember } from '../../storage/reconcile-memory.ts';
import { mapConcurrent } from '../map-concurrent.ts';
import { bytesToKeep, readingOf, upsertOrder } from '../order-writer.ts';
import { BudgetExhausted } from './call-budget.ts';
import { changedBetween } from './changed-rows.ts';
import { budgeted, type Compared, ORDERS_AT_ONCE, type Session, type Slice } from './session.ts';

/** What the platform cannot show is asked for once a day only (ms). */
const ASK_AGAIN_MS = 24 * 3_600_000;
/** As many failures in a row are not the orders' fault. */
const FAILURES_IN_A_ROW = 3;
/** What was absent so soon (ms) after the store was compared first is older than that: polls have all of it to bring. */
const FIRST_RUN_MS = 5 * 60_000;

/**
 * Compares a list of ids: a row is never older than the list, only absent. An order that no poll handed out yet is absent
 * as well, so one is fetched only after the polls had the time to bring it.
 */
export async function compareIds(
  compared: Compared,
  reconciliation: ListsIds,
  session: Session,
  { scan: { lookbackMs }, since }: Pick<Slice, 'scan' | 'since'>,
): Promise<boolean> {
  const { missing, clock, log } = compared;
  const { ids, unreadable } = await reconciliation.listIds(budgeted(compared, session).api);
  session.stats.seen(ids.length + unreadable);
  for (const id of ids) session.watch.met('order', id);
  for (let entry = 0; entry < unreadable; entry += 1) {
    session.stats.found('failed', 'no id');
    session.watch.met('order', undefined);
  }
  if (unreadable > 0) log.error('listed orders have no id that can be read', { entries: unreadable });
  const known = await missing.load();
  const memory = remember(known, await absentOf(compared, ids, lookbackMs), clock.now());
  try {
    return await fetchMissing(compared, reconciliation, session, memory, since);
  } finally {
    if (!session.dryRun && !isDeepStrictEqual(memory, known)) await missing.save(memory);
  }
}

/**
 * Which of the ids have no row. The index of changes names the rows of the listed days by the dozen for one read unit; it follows the table
 * within a moment, so what it does not name is looked for in the table itself.
 */
async function absentOf(compared: Compared, ids: readonly string[], lookbackMs: number): Promise<string[]> {
  const { orders, clock, platform, store } = compared;
  if (ids.length === 0) return [];
  const now = clock.now();
  const known = await changedBetween(compared, { from: now - lookbackMs, to: now });
  const unnamed = ids.filter((id) => !known.has(id));
  const absent: string[] = [];
  await mapConcurrent(ORDERS_AT_ONCE, unnamed, async (platformOrderId) => {
    const row = await orders.get({ platform: platform.name, storeId: store.id, platformOrderId });
    if (row === undefined) absent.push(platformOrderId);
  });
  return absent;
}

async function fetchMissing(
  compared: Compared,
  reconciliation: ListsIds,
  session: Session,
  memory: Missing,
  since: EpochMs,
): Promise<boolean> {
  const { clock, store, log } = compared;
  const patience = reconciliation.patienceMs(store);
  let safe = true;
  let failures = 0;
  // Those that failed before go last, or as many as end a run would keep all others from being fetched.
  const inTurn = Object.entries(memory).sort(([, a], [, b]) => (a.failedAt ?? 0) - (b.failedAt ?? 0));
  for (const [id, known] of inTurn) {
    const waitsForPoll = !session.eager && clock.now() - known.since < patience;
    if (waitsForPoll || (known.askAgainAt !== undefined && clock.now() < known.askAgainAt)) continue;
    session.stats.found('missing', id);
    if (session.dryRun) continue;
    try {
      const kept = await fetchOne(compared, reconciliation, session, id);
      if (kept === id) {
        session.stats.repaired({ missed: !session.eager && known.since > since + FIRST_RUN_MS });
        delete memory[id];
      } else {
        session.stats.found('failed', id);
        memory[id] = { ...known, askAgainAt: clock.now() + ASK_AGAIN_MS };
      }
      failures = 0;
    } catch (error) {
      if (error instanceof BudgetExhausted || stopsAll(error)) throw error;
      failures += 1;
      memory[id] = { ...known, failedAt: clock.now() };
      session.stats.found('failed', id);
      log.error('a missing order could not be fetched', { order: id, error: describeError(error) });
      if (failures >= FAILURES_IN_A_ROW) throw error;
      // An answer that cannot change by itself is asked for again tomorrow; a failure at the next run.
      if (isFinal(error)) memory[id] = { ...known, askAgainAt: clock.now() + ASK_AGAIN_MS };
      else safe = false;
    }
  }
  return safe;
}

/** Fetches and records one order; answers the id it has a row under. */
async function fetchOne(
  compared: Compared,
  { mismatchRemedy }: ListsIds,
  session: Session,
  id: string,
): Promise<string> {
  const { clock, log, platform, store } = compared;
  const { order } = platform.resources;
  const correlationId = `${session.runId}-${id}`;
  const { api, asked } = budgeted(compared, { ...session, runId: correlationId });
  const { json, bytes } = await order.get(api, id);
  const read = order.normalise(json, store);
  const own = read.ok ? read.order.platformOrderId : undefined;
  if (own !== undefined && own !== id) {
    const problem = `the id in the list is not the id of the order; ${mismatchRemedy}`;
    log.error(problem, { order: own, listedAs: id });
  }
  await upsertOrder(compared, {
    key: { platform: platform.name, storeId: store.id, platformOrderId: own ?? id },
    reading: readingOf(read),
    observedAt: asked.at,
    asked: true,
    receivedAt: clock.now(),
    origin: 'reconcile',
    correlationId,
    bytes: bytesToKeep(read, bytes),
  });
  return own ?? id;
}

const stopsAll = (error: unknown): boolean =>
  error instanceof PlatformError && (error.kind === 'auth-failed' || error.throttled);
const isFinal = (error: unknown): boolean =>
  error instanceof PlatformError && error.kind !== 'retry-later' && error.kind !== 'auth-failed';
