import { PlatformError } from '../../http/errors.ts';
import { normaliseImotrizOrder } from '../../platforms/imotriz/normalise.ts';
import type { ImotrizSettings } from '../../platforms/settings.ts';
import { mapConcurrent } from '../../runtime/concurrency.ts';
import { type MissingIds, remember } from '../../storage/missing-ids.ts';
import { describeError } from '../batch.ts';
import { type OrderWriter, upsertOrder } from '../order-writer.ts';
import { BudgetExhausted } from '../reconcile/call-budget.ts';
import { days, minutes, type Scan } from '../reconcile/scan-plan.ts';
import type { Session, Source } from '../reconcile/source.ts';

interface Calls {
  correlationId: string;
}

export interface ImotrizSourceParts extends OrderWriter {
  settings: ImotrizSettings;
  missing: MissingIds;
  listIds(calls: Calls): Promise<{ ids: string[]; unreadable: number }>;
  fetchOrder(id: string, calls: Calls): Promise<{ json: unknown }>;
}

/** The client gives up after 60 s; the rest is for recording. */
const SLOWEST_CALL_MS = 70_000;
const ROWS_AT_ONCE = 10;
/** What the platform cannot show is asked for once a day only (ms). */
const ASK_AGAIN_MS = days(1);
/** As many failures in a row are not the orders' fault. */
const FAILURES_IN_A_ROW = 3;

/** Both paths are needed, and neither is published (transactions guide): why nothing can be compared without them. */
export function imotrizOff({ paths }: ImotrizSettings): string | undefined {
  const absent = (['orderIds', 'order'] as const).filter((name) => paths[name] === undefined);
  if (absent.length === 0) return undefined;
  const names = absent.map((name) => `imotriz.paths.${name}`).join(' and ');
  return `orders that were lost while they were read cannot be found: ${names} not configured. Read them off the API page of the seller panel`;
}

/**
 * What an iMotriz store has and the table lacks. The platform lists ids only, of the last 8 days, synchronised or not,
 * so a row is never older than the list, only absent.
 *
 * An order that no poll handed out yet is missing as well: one is fetched only after two polls had the time to bring it.
 */
export function imotrizSource(parts: ImotrizSourceParts): Source<Scan> {
  const { settings, clock, log } = parts;
  return {
    platform: 'imotriz',
    storeId: settings.storeId,
    scans: [
      {
        name: 'ids',
        order: 0,
        everyMs: 0,
        lookbackMs: days(8),
        firstMs: days(8),
        keptMs: days(9),
        // The list knows no times: one slice is the whole of it.
        longestSliceMs: days(30),
        quietPeriodMs: 0,
      },
    ],
    slowestCallMs: SLOWEST_CALL_MS,
    async compare(_slice, session) {
      await session.budget.take();
      const { ids, unreadable } = await parts.listIds({ correlationId: session.runId });
      session.stats.seen(ids.length + unreadable);
      for (let entry = 0; entry < unreadable; entry += 1) session.stats.found('failed', 'no id');
      if (unreadable > 0) log.error('listed orders have no id that can be read', { entries: unreadable });
      const known = await parts.missing.load();
      const memory = remember(known, await absentOf(parts, ids), clock.now());
      try {
        return await fetchMissing(parts, session, memory);
      } finally {
        if (!session.dryRun) await parts.missing.save(memory);
      }
    },
  };
}

async function absentOf({ orders, settings }: ImotrizSourceParts, ids: readonly string[]): Promise<string[]> {
  const absent: string[] = [];
  await mapConcurrent(ROWS_AT_ONCE, ids, async (platformOrderId) => {
    const row = await orders.get({ platform: 'imotriz', storeId: settings.storeId, platformOrderId });
    if (row === undefined) absent.push(platformOrderId);
  });
  return absent;
}

async function fetchMissing(
  parts: ImotrizSourceParts,
  session: Session,
  memory: Record<string, { since: number; askAgainAt?: number | undefined }>,
): Promise<boolean> {
  const { clock, settings, log } = parts;
  const twoPolls = minutes(2 * settings.poll.everyMinutes);
  let safe = true;
  let failures = 0;
  for (const [id, known] of Object.entries(memory)) {
    const waitsForPoll = !session.eager && clock.now() - known.since < twoPolls;
    if (waitsForPoll || (known.askAgainAt !== undefined && clock.now() < known.askAgainAt)) continue;
    session.stats.found('missing', id);
    if (session.dryRun) continue;
    try {
      await session.budget.take();
      const kept = await fetchOne(parts, session, id);
      if (kept === id) {
        session.stats.repaired({ lost: !session.eager });
        delete memory[id];
      } else {
        session.stats.found('failed', id);
        memory[id] = { ...known, askAgainAt: clock.now() + ASK_AGAIN_MS };
      }
      failures = 0;
    } catch (error) {
      if (error instanceof BudgetExhausted || stopsAll(error)) throw error;
      failures += 1;
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
async function fetchOne(parts: ImotrizSourceParts, session: Session, id: string): Promise<string> {
  const { settings, clock, log } = parts;
  const correlationId = `${session.runId}-${id}`;
  const observedAt = clock.now();
  const { json } = await parts.fetchOrder(id, { correlationId });
  const read = normaliseImotrizOrder(json, settings);
  const own = read.ok ? read.order.platformOrderId : undefined;
  if (own !== undefined && own !== id) {
    log.error('the id in the list is not the id of the order; check imotriz.idKeys in the configuration', {
      order: own,
      listedAs: id,
    });
  }
  await upsertOrder(parts, {
    key: { platform: 'imotriz', storeId: settings.storeId, platformOrderId: own ?? id },
    reading: read.ok ? read : { review: { reason: read.reason, problem: read.problem } },
    observedAt,
    receivedAt: observedAt,
    origin: 'reconcile',
    correlationId,
    // The record alone, as a page has it: the answer around it is of no use to a replay.
    bytes: Buffer.from(JSON.stringify(json), 'utf8'),
  });
  return own ?? id;
}

const stopsAll = (error: unknown): boolean =>
  error instanceof PlatformError && (error.kind === 'auth-failed' || error.throttled);
const isFinal = (error: unknown): boolean =>
  error instanceof PlatformError && error.kind !== 'retry-later' && error.kind !== 'auth-failed';
