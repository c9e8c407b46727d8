import type { OrderKey } from '../../../functions/domain/order-row.ts';
import { PlatformError, type PlatformErrorDetails } from '../../../functions/http/errors.ts';
import { type Dispatcher, dispatchCommands } from '../../../functions/outbound/commands/dispatch.ts';
import { LEASE_MS } from '../../../functions/outbound/commands/lease-ms.ts';
import type { CallContext } from '../../../functions/platforms/calls.ts';
import type { CommandTable, PlatformCommand } from '../../../functions/platforms/commands.ts';
import type { Command } from '../../../functions/storage/command-item.ts';
import type { CommandLease } from '../../../functions/storage/command-leases.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import { sampleRow } from './samples.ts';

/** The process ends here: nothing after it runs, and nobody is told. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * How the platform answers a call.
 *
 * - `done`: it carries it out and says so. `lost`: it carries it out, and the answer is lost. `held`: the same, 20 s later.
 * - `unshown`: it says that it did, and nothing of it ever shows.
 * - `never`: the call is lost on its way, and nobody knows. `throttled`, `refused`: it says so and does nothing.
 * - `forbidden` (403), `unauthorised` (401): it lets the credential not make it, or knows none.
 */
export type CallOutcome =
  | 'done'
  | 'unshown'
  | 'lost'
  | 'held'
  | 'never'
  | 'throttled'
  | 'refused'
  | 'forbidden'
  | 'unauthorised';
/** How it answers a look. `late`: with what was so 5 s ago. */
export type LookOutcome = 'now' | 'late' | 'fails' | 'throttled' | 'forbidden';

export interface WorldOptions {
  readonly twice: 'harmless' | 'harmful';
  /** Of the first calls and looks; whatever follows goes well. */
  readonly calls?: readonly CallOutcome[];
  readonly looks?: readonly LookOutcome[];
  /** Calls that the command takes, one after the other. */
  readonly steps?: number;
  /** What is missing is remembered: a look asks nobody. */
  readonly remembers?: boolean;
  /** How long the circuit stays open, in ms. */
  readonly openMs?: number;
  /** How long the command is wanted, in ms. */
  readonly termMs?: number;
}

const KEY: OrderKey = { platform: 'shop', storeId: 'store', platformOrderId: '1' };
const HELD_MS = 20_000;
const LATE_MS = 5_000;
const error = (details: Omit<PlatformErrorDetails, 'platform' | 'operation'>) =>
  new PlatformError({ platform: 'shop', operation: 'orders.change', ...details });

const WEEK_MS = 7 * 24 * 3_600_000;

/**
 * One order with one command, a platform that shows what it did, and a table, all in memory. Every await of the dispatcher is
 * a point at which it can be cut off: before what it waits for is done, or after.
 */
export function createWorld({
  twice,
  calls = [],
  looks = [],
  steps = 1,
  remembers = false,
  openMs = 0,
  termMs = WEEK_MS,
}: WorldOptions) {
  const clock = movedClock();
  const startedAt = clock.now();
  /** When each effect came about, by step. */
  const effects: { step: number; at: number }[] = [];
  /** The command as the table had it when each call came. */
  const atCalls: Command[] = [];
  let callsMade = 0;
  let looksMade = 0;
  let points = 0;
  /** When somebody was told to go on later. */
  const hints: number[] = [];
  /** What the circuit was told: after how many calls a success proved that the platform answers. */
  const proofs: number[] = [];
  /** By which answers the circuit was opened. */
  const trips: unknown[] = [];
  let crashAt = Number.POSITIVE_INFINITY;

  /** Two points: the work is not begun, or done and nobody heard of it. */
  async function at<T>(work: () => T): Promise<T> {
    points += 1;
    if (points === crashAt) throw new Crash();
    const result = work();
    points += 1;
    if (points === crashAt) throw new Crash();
    return result;
  }

  const visible = (since: number) => effects.filter((effect) => effect.at <= since);
  const command: PlatformCommand = {
    call: 'POST /change',
    once: 'the order is read first',
    refusedWhen: [],
    twice: () => twice,
    async look(api) {
      if (!remembers) await (api as CallContext).admit('orders.get');
      return at(() => {
        const outcome = looks[looksMade] ?? 'now';
        looksMade += 1;
        if (outcome === 'fails') throw error({ kind: 'retry-later', outcomeUnknown: true });
        if (outcome === 'throttled') throw error({ kind: 'retry-later', throttled: true });
        if (outcome === 'forbidden') throw error({ kind: 'auth-failed', status: 403 });
        const seen = visible(clock.now() - (outcome === 'late' ? LATE_MS : 0));
        const missing = Array.from({ length: steps }, (_, step) => step).find(
          (step) => !seen.some((effect) => effect.step === step),
        );
        return missing === undefined
          ? { state: 'there' as const }
          : { state: 'absent' as const, step: `step ${missing}`, fresh: missing, more: missing < steps - 1 };
      });
    },
    async run(api, _target, _input, fresh) {
      await (api as CallContext).admit('orders.change');
      return at(() => {
        const outcome = calls[callsMade] ?? 'done';
        atCalls.push(stored);
        callsMade += 1;
        const step = fresh as number;
        if (outcome === 'throttled') throw error({ kind: 'retry-later', throttled: true, status: 429 });
        if (outcome === 'refused') throw error({ kind: 'refused', status: 422 });
        if (outcome === 'forbidden') throw error({ kind: 'auth-failed', status: 403 });
        if (outcome === 'unauthorised') throw error({ kind: 'auth-failed', status: 401 });
        if (outcome === 'unshown') return;
        if (outcome !== 'never') effects.push({ step, at: clock.now() + (outcome === 'held' ? HELD_MS : 0) });
        if (outcome !== 'done') throw error({ kind: 'retry-later', outcomeUnknown: true });
      });
    },
  };

  let stored: Command = {
    n: 1,
    client: 'erp',
    id: 'c-1',
    command: 'dispatch',
    input: {},
    sha256: 'sha',
    state: 'accepted',
    acceptedAt: startedAt,
    updatedAt: startedAt,
    giveUpAt: startedAt + termMs,
    fence: 0,
    tries: 0,
    failures: 0,
    stepsSeen: [],
    eventCount: 0,
    correlationId: 'test',
  };
  const head = {
    fence: 0,
    holder: undefined as string | undefined,
    heldUntil: 0,
    dueAt: startedAt as number | undefined,
  };

  const dispatcher = {
    table: { dispatch: command } as unknown as CommandTable,
    commands: { ofOrder: () => at(() => [structuredClone(stored)]) },
    leases: {
      take: (key: OrderKey, owner: string, ms: number) =>
        at((): CommandLease | undefined => {
          if (head.holder !== undefined && head.heldUntil >= clock.now()) return undefined;
          head.fence += 1;
          head.holder = owner;
          head.heldUntil = clock.now() + ms;
          return { key, owner, fence: head.fence, changes: 1, firstOpen: 1 };
        }),
      write: ({ fence }: CommandLease, next: Command) =>
        at(() => {
          if (stored.fence > fence) return false;
          stored = structuredClone({ ...next, fence });
          return true;
        }),
      release: ({ fence }: CommandLease, dueAt: number | undefined) =>
        at(() => {
          if (head.fence !== fence) return undefined;
          head.holder = undefined;
          head.dueAt = dueAt;
          return 'released' as const;
        }),
    },
    hint: () => at(() => void hints.push(clock.now())),
    orders: { get: () => at(() => sampleRow(KEY)) },
    connection: {
      bucket: { take: async () => ({ granted: 1 }) },
      api: (context: CallContext) => context,
      check: () =>
        at(() => {
          const retryAt = startedAt + openMs;
          return clock.now() < retryAt ? { allowed: false, retryAt } : { allowed: true, probe: false };
        }),
      succeeded: () => at(() => void proofs.push(callsMade)),
      failed: (failure: PlatformError) =>
        at(() => {
          if (failure.kind !== 'auth-failed') return false;
          trips.push(failure.status);
          return true;
        }),
    },
    platform: { name: 'shop', resources: { order: { truth: 'fetched' } } },
    store: { id: 'store', settings: {} },
    metrics: countingMetrics(),
    log: keptLog(),
    clock,
    random: () => 0.5,
  } as unknown as Dispatcher;

  let runs = 0;
  return {
    clock,
    effects,
    get command() {
      return stored;
    },
    atCalls,
    get looksMade() {
      return looksMade;
    },
    get callsMade() {
      return callsMade;
    },
    proofs,
    trips,
    hints,
    get points() {
      return points;
    },
    /** One run; true when it was cut off. @param crash the point at which it is, counted from this run's first */
    async run(crash = Number.POSITIVE_INFINITY): Promise<boolean> {
      runs += 1;
      crashAt = points + crash;
      try {
        await dispatchCommands(dispatcher, KEY, { id: `run-${runs}`, timeLeftMs: () => 120_000 });
        return false;
      } catch (thrown) {
        if (thrown instanceof Crash) return true;
        throw thrown;
      } finally {
        crashAt = Number.POSITIVE_INFINITY;
      }
    },
    /** Moves time on to when there is work again: what is due, or the end of a lease that nobody gives back. */
    untilDue(): void {
      const at = head.holder === undefined ? head.dueAt : head.heldUntil + 1;
      if (at !== undefined) clock.move(Math.max(1, at - clock.now()));
    },
    /** Runs on until the command is through, or waits for a person. */
    async finish(): Promise<void> {
      for (let more = 0; more < 200; more += 1) {
        if (stored.state !== 'accepted' && stored.state !== 'running') {
          // Whatever the platform still holds comes about.
          clock.move(LEASE_MS);
          return;
        }
        this.untilDue();
        await this.run();
      }
      throw new Error('the command does not come to an end');
    },
  };
}

export type World = ReturnType<typeof createWorld>;
