import { USD_PER_MILLION as PRICE } from '../../lib/cost/prices.ts';
import { CONSUMER_MB } from '../../lib/function-memory.ts';
import type { Run } from './simulate.ts';
import { EPOCH } from './virtual-time.ts';

const FUNCTION_GIGABYTES = CONSUMER_MB / 1024;

/** The figures of one run. Times in ms, everything else per call unless its name says otherwise. */
export interface Figures {
  design: string;
  scenario: string;
  finished: boolean;
  calls: number;
  refusedPerThousand: number;
  peak: number;
  usedPercent: number;
  usedPercentAt95: number;
  /** Of what the plans of the moment allow, from a minute after the last raise or from the start to the last bulk call. */
  usedOfMomentPercent: number;
  /** Of several runs, where the others are the worst of them. */
  means?: { usedPercent: number; usedPercentAt95: number; writeUnits: number };
  writeUnits: number;
  readUnits: number;
  receives: number;
  over5Percent: number;
  billedMs: number;
  usdPerMillion: number;
  urgentP50?: number;
  urgentP99?: number;
  /** Of several runs, that of half of them at most; `urgentP99` is then the worst. */
  usualUrgentP99?: number;
  urgentServed?: string;
  deadLetters: number;
  seconds: number;
}

export function measure(run: Run): Figures {
  const { plan } = run.scenario;
  const settled = run.messages.filter(({ called }) => called !== undefined);
  const background = settled.filter(({ priority }) => priority !== 'urgent');
  const lastBackground = Math.max(...background.map(({ called }) => called ?? 0)) - EPOCH;
  const times = settled.map(({ called }) => (called ?? 0) - EPOCH).sort((a, b) => a - b);
  const calls = Math.max(1, times.length);
  const billedMs = run.queue.billedMs / calls;
  const writeUnits = run.database.writeUnits / calls;
  const readUnits = run.database.readUnits / calls;
  const urgentAll = run.messages.filter(({ priority }) => priority === 'urgent');
  const urgent = urgentAll
    .filter(({ called }) => called !== undefined)
    .map(({ called, arrived }) => (called ?? 0) - arrived)
    .sort((a, b) => a - b);
  const mixed = urgentAll.length > 0 && urgentAll.length < run.messages.length;
  const used = (part: number) => {
    // Urgent calls go on when the backlog is done; the platform's rate is only asked for in full until then.
    const until = mixed ? times.filter((time) => time <= lastBackground).length : calls;
    const index = Math.ceil(until * part) - 1;
    const ideal = ((index + 1 - plan.burst) / plan.rate) * 1000;
    return (100 * Math.max(0, ideal)) / Math.max(1, times[index] ?? Number.POSITIVE_INFINITY);
  };
  return {
    design: run.design,
    scenario: run.scenario.name,
    finished: run.finished,
    calls,
    refusedPerThousand: (1000 * run.refused) / calls,
    peak: run.peak,
    usedPercent: used(1),
    usedPercentAt95: used(0.95),
    usedOfMomentPercent: usedOfMoment(run, times, mixed ? lastBackground : (times.at(-1) ?? 0)),
    writeUnits,
    readUnits,
    receives: run.queue.receives / calls,
    over5Percent: (100 * run.messages.filter(({ receives }) => receives > 5).length) / calls,
    billedMs,
    usdPerMillion:
      (billedMs / 1000) * FUNCTION_GIGABYTES * PRICE.lambdaGigabyteSecond +
      (run.queue.invocations / calls) * PRICE.lambdaRequest +
      (run.queue.requests / calls) * PRICE.queueRequest +
      writeUnits * PRICE.writeUnit +
      readUnits * PRICE.readUnit,
    ...(mixed && {
      urgentP50: quantile(urgent, 0.5),
      urgentP99: quantile(urgent, 0.99),
      urgentServed: `${urgent.length}/${urgentAll.length}`,
    }),
    deadLetters: run.queue.deadLetters,
    seconds: run.endMs / 1000,
  };
}

/** After a change of plan, what waits needs this long to hear of it (ms). */
const NEWS_MS = 60_000;

/**
 * What was called for, of what the platform drains, leaving out the minute after each change. A platform that queues serves no
 * faster for its burst, so the burst counts for nothing here.
 */
function usedOfMoment({ scenario }: Run, times: readonly number[], until: number): number {
  const changes = [{ at: -NEWS_MS, plan: scenario.plan }, ...(scenario.changes ?? [])];
  let calls = 0;
  let allowed = 0;
  for (const [index, { at, plan }] of changes.entries()) {
    const from = at + NEWS_MS;
    const to = Math.min(until, changes[index + 1]?.at ?? Number.POSITIVE_INFINITY);
    if (to <= from) continue;
    calls += times.filter((time) => time > from && time <= to).length;
    allowed += ((to - from) * plan.rate) / 1000;
  }
  return (100 * calls) / Math.max(1, allowed);
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}
