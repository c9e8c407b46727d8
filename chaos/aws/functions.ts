import type { Clock } from '../../functions/runtime/clock.ts';
import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { Loop } from '../time/loop.ts';
import { currentInvocation, type Invocation, within } from './invocation.ts';

/** What the service tells a function about a call, beside its event. */
export interface CallContext {
  requestId: string;
  /** What is left of the function's time, in ms. */
  remainingMs(): number;
}
export type Handler<Event, Result> = (event: Event, context: CallContext) => Promise<Result>;

/** How a call ended. A crash and a time-out look alike from outside, except for when they are noticed. */
export type CallOutcome<Result> =
  | { ok: true; result: Result }
  | { ok: false; cause: 'crash' | 'timeout' | 'error' };

export interface FunctionOptions<Event, Result> {
  name: string;
  timeoutMs: number;
  /** Makes what a container keeps between its calls; called at every cold start. */
  coldStart(clock: Clock): Handler<Event, Result>;
  loop: Loop;
  random: SeededRandom;
  onEnd?: ((invocation: Invocation, outcome: CallOutcome<Result>) => void) | undefined;
}

/** A function of the account: as many containers as calls at once, each with a clock of its own. */
export interface SimFunction<Event, Result> {
  readonly name: string;
  invoke(event: Event, options?: { receives?: number }): Promise<CallOutcome<Result>>;
  /** The function is deployed anew: its containers are taken away, with what is at work in them. */
  redeploy(): void;
}

/** Clocks of instances differ by this standard deviation, and never by more than that bound (ms). */
const SKEW_MS = 200;
const SKEW_BOUND_MS = 500;
const COLD_START_MS = 250;
/** An idle container is taken away at some time, and some of them sooner. */
const RECYCLE_CHANCE = 0.03;
const IDLE_MS = 15 * 60_000;

interface Container<Event, Result> {
  handler: Handler<Event, Result>;
  usedAt: number;
}

/** Makes a function. Its calls are numbered, so that every one has an id of its own. */
export function createFunction<Event, Result>(
  options: FunctionOptions<Event, Result>,
): SimFunction<Event, Result> {
  const { name, timeoutMs, loop, random, onEnd } = options;
  let idle: Container<Event, Result>[] = [];
  let calls = 0;
  const running = new Set<Invocation>();

  const start = (): Container<Event, Result> => {
    const skew = Math.max(-SKEW_BOUND_MS, Math.min(SKEW_BOUND_MS, SKEW_MS * normal(random)));
    return { handler: options.coldStart(clockOf(loop, skew)), usedAt: loop.now() };
  };
  const warm = (): Container<Event, Result> | undefined => {
    idle = idle.filter(({ usedAt }) => loop.now() - usedAt < IDLE_MS && !random.chance(RECYCLE_CHANCE));
    return idle.pop();
  };

  return {
    name,
    redeploy() {
      idle = [];
      for (const invocation of running) invocation.die('crash');
    },
    invoke(event, { receives = 1 } = {}) {
      calls += 1;
      const id = `${name}-${calls}`;
      const known = warm();
      const beginsAt = loop.now() + (known === undefined ? COLD_START_MS * (0.5 + random.next()) : 1);
      return new Promise<CallOutcome<Result>>((resolve) => {
        loop.at(beginsAt, () => {
          const container = known ?? start();
          const endsAt = loop.now() + timeoutMs;
          let over = false;
          const end = (outcome: CallOutcome<Result>) => {
            if (over) return;
            over = true;
            invocation.alive = false;
            running.delete(invocation);
            cancel();
            if (outcome.ok || outcome.cause === 'error') idle.push({ ...container, usedAt: loop.now() });
            onEnd?.(invocation, outcome);
            resolve(outcome);
          };
          const invocation: Invocation = {
            id,
            name,
            endsAt,
            receives,
            alive: true,
            die: (cause) => end({ ok: false, cause }),
          };
          running.add(invocation);
          const cancel = loop.at(endsAt, () => invocation.die('timeout'));
          const context = { requestId: id, remainingMs: () => endsAt - loop.now() };
          within(invocation, () => container.handler(event, context)).then(
            (result) => end({ ok: true, result }),
            () => end({ ok: false, cause: 'error' }),
          );
        });
      });
    },
  };
}

/** Makes the functions of one account, each with a sequence of its own of what is random. */
export const functionsOf =
  ({ loop, random }: { loop: Loop; random: SeededRandom }) =>
  <Event, Result>(
    name: string,
    timeoutMs: number,
    coldStart: FunctionOptions<Event, Result>['coldStart'],
    onEnd?: FunctionOptions<Event, Result>['onEnd'],
  ): SimFunction<Event, Result> =>
    createFunction({ name, timeoutMs, coldStart, loop, random: random.fork(name), onEnd });

function clockOf(loop: Loop, skewMs: number): Clock {
  return {
    now: () => Math.round(loop.now() + skewMs),
    sleep: (ms) => {
      const invocation = currentInvocation();
      return new Promise((resolve) => {
        loop.setTimeout(() => {
          if (invocation?.alive !== false) resolve();
        }, ms);
      });
    },
  };
}

/** A draw of the standard normal distribution (Box-Muller). */
function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
