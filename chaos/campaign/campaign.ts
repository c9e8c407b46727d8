import type { CommandCounts } from '../invariants/command-watch.ts';
import type { Invariant, Violation } from '../invariants/violation.ts';
import { drawKind } from './draw-kind.ts';
import { describe } from './parts.ts';
import type { Pool } from './pool.ts';
import { shrink } from './shrink.ts';
import type { WorldKind } from './task.ts';

/** A world in which a promise was broken, and the shortest schedule found that breaks it. */
export interface Failing {
  seed: string;
  violations: Violation[];
  schedule: string[];
  /** Repeats the short schedule. */
  command: string;
}

export interface CampaignResult {
  worlds: number;
  hours: number;
  orders: number;
  writes: number;
  calls: number;
  commands: CommandCounts;
  /** Events in the feeds, and requests that were made for them by publishers, readers and deliveries. */
  events: number;
  feedSteps: number;
  failing: Failing[];
  /** The worlds that took longest, the longest first. */
  slowest: { seed: string; seconds: number }[];
}

export interface CampaignOptions {
  pool: Pool;
  kind: WorldKind;
  /** Seed of the first world; the others count up from it. */
  seed: number;
  hours: number;
  worlds: number;
  only?: readonly string[];
  /** Worlds to spend on shortening each failing schedule; 0 for none. */
  shrinkBudget: number;
  onWorld?: (done: number, failing: number) => void;
}

/** More failing worlds than this are counted, but not shortened. */
const MOST_SHRUNK = 3;

/** As many of the slowest worlds are named. */
const MOST_SLOW = 5;

/** Runs worlds side by side, and looks for the shortest schedule of those that fail. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { pool, kind, seed, hours, worlds, only, onWorld } = options;
  const total: CampaignResult = {
    worlds,
    hours,
    orders: 0,
    writes: 0,
    calls: 0,
    commands: { commands: 0, done: 0, doubted: 0 },
    events: 0,
    feedSteps: 0,
    failing: [],
    slowest: [],
  };
  const failed: { seed: string; violations: Violation[]; parts: string[] }[] = [];
  let done = 0;
  await Promise.all(
    Array.from({ length: worlds }, async (_, index) => {
      const name = String(seed + index);
      const { result, parts, seconds } = await pool.run({
        kind,
        seed: name,
        hours,
        ...(only === undefined ? {} : { only }),
      });
      total.orders += result.orders;
      total.writes += result.writes;
      total.calls += result.calls;
      total.commands.commands += result.commands.commands;
      total.commands.done += result.commands.done;
      total.commands.doubted += result.commands.doubted;
      total.events += result.events;
      total.feedSteps += result.feedSteps;
      total.slowest.push({ seed: name, seconds });
      done += 1;
      if (result.violations.length > 0) failed.push({ seed: name, violations: result.violations, parts });
      onWorld?.(done, failed.length);
    }),
  );
  total.slowest.sort((a, b) => b.seconds - a.seconds).splice(MOST_SLOW);
  failed.sort((a, b) => Number(a.seed) - Number(b.seed));
  for (const [index, { seed: name, violations, parts }] of failed.entries()) {
    const invariant = violations[0]?.invariant;
    const command = `npm run chaos --${kind === 'feed' ? ' --feed' : ''} --seed ${name} --hours ${hours}`;
    if (index >= MOST_SHRUNK || invariant === undefined || options.shrinkBudget === 0) {
      total.failing.push({ seed: name, violations, schedule: [], command });
      continue;
    }
    const short = await shrink(parts, stillBreaks(options, name, invariant), options.shrinkBudget);
    const schedule = describe(drawKind(kind, name, hours), short);
    total.failing.push({ seed: name, violations, schedule, command: `${command} --only ${short.join(',')}` });
  }
  return total;
}

const stillBreaks =
  ({ pool, kind, hours }: CampaignOptions, seed: string, invariant: Invariant) =>
  async (only: readonly string[]): Promise<boolean> => {
    const { result } = await pool.run({ kind, seed, hours, only });
    return result.violations.some((violation) => violation.invariant === invariant);
  };
