import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { Loop } from '../time/loop.ts';
import { currentInvocation, type Invocation } from './invocation.ts';

export type Service = 'table' | 'queue' | 'secret' | 'platform';

/** One request that leaves a function. */
export interface Request {
  service: Service;
  /** Name of the command, or the platform's name. */
  operation: string;
  invocation: Invocation;
  /** How long its client waits for an answer that does not come (ms), with every attempt; for ever when absent. */
  patienceMs?: number;
}

/** What becomes of a request. Absent fields mean that nothing special happens. */
export interface Fate {
  /** The function dies before the request leaves, or after it did its work and before the answer is read. */
  crash?: 'before' | 'after';
  /**
   * No answer ever comes: until the client gives up, or the function's time does. The service never hears of the request,
   * or does its work and nobody learns of it.
   */
  hangs?: 'before' | 'after';
  /** The service refuses, and does nothing. */
  refusal?: Error;
  /** The service did it, the answer was lost, and the SDK did it again. */
  repeated?: boolean;
  /** The service did it, and every answer to the SDK was lost. */
  lost?: Error;
  /** Added to the way there (ms). */
  slowerMs?: number;
  /** Added to the way back (ms): what the answer says may be over when it comes. */
  lateMs?: number;
}

export interface IoOptions {
  loop: Loop;
  /** What the ways of a function's requests are drawn from. */
  randomOf(invocation: Invocation): SeededRandom;
  fateOf(request: Request): Fate;
}

/** Ways there and back in ms; both of the region's services are near, the platforms are not. */
const WAY_MS: Record<Service, readonly [number, number]> = {
  table: [1, 6],
  queue: [2, 12],
  secret: [3, 15],
  platform: [15, 70],
};

/** A request that `act` carries out once it arrives. Its answer, or nothing at all when the function died. */
export type Io = <T>(request: Omit<Request, 'invocation'>, act: () => T | Promise<T>) => Promise<T>;

/** Share of the way there that is signing and waiting for a socket. */
const DEPARTURE = 0.3;

const timedOut = () => Object.assign(new Error('no answer came in time'), { name: 'TimeoutError' });

/** What the service did, or refused to do, and nobody learns of. */
const unheard = async (act: () => unknown): Promise<void> => {
  try {
    await act();
  } catch {
    // Its refusal is an answer like any other.
  }
};

const never = <T>() => new Promise<T>(() => {});

/** Makes the only way from a function to the world outside it. */
export function createIo({ loop, randomOf, fateOf }: IoOptions): Io {
  const way = (service: Service, random: SeededRandom) => {
    const [least, most] = WAY_MS[service];
    // Most answers are quick, a few are not.
    return random.chance(0.02) ? most * 4 : least + (most - least) * random.next();
  };
  /** A request that nobody answers. */
  const hung = <T>(
    invocation: Invocation,
    hangs: 'before' | 'after',
    act: () => T | Promise<T>,
    there: number,
    patienceMs: number | undefined,
  ) =>
    new Promise<T>((_, reject) => {
      const whileAlive = (ms: number, work: () => void) =>
        loop.setTimeout(() => {
          if (invocation.alive) work();
        }, ms);
      if (hangs === 'after') whileAlive(there, () => void unheard(act));
      if (patienceMs !== undefined) whileAlive(patienceMs, () => reject(timedOut()));
    });
  return <T>(request: Omit<Request, 'invocation'>, act: () => T | Promise<T>) => {
    const { service, operation, patienceMs } = request;
    const invocation = currentInvocation();
    if (invocation === undefined) throw new Error(`${operation} was called outside of a function`);
    if (!invocation.alive) return never<T>();
    const fate = fateOf({ service, operation, invocation });
    const random = randomOf(invocation);
    const there = way(service, random) + (fate.slowerMs ?? 0);
    if (fate.hangs !== undefined) return hung<T>(invocation, fate.hangs, act, there, patienceMs);
    return new Promise<T>((resolve, reject) => {
      const answer = (give: () => void) =>
        loop.setTimeout(
          () => {
            if (invocation.alive) give();
          },
          way(service, random) + (fate.lateMs ?? 0),
        );
      const carryOut = async () => {
        if (fate.refusal !== undefined) throw fate.refusal;
        const first = await act();
        if (fate.lost !== undefined) throw fate.lost;
        return fate.repeated === true ? await act() : first;
      };
      if (fate.crash === 'before') {
        loop.setTimeout(() => invocation.die('crash'), there / 2);
        return;
      }
      const arrive = () =>
        carryOut().then(
          (value) => {
            if (fate.crash === 'after') invocation.die('crash');
            else answer(() => resolve(value));
          },
          (error: unknown) => answer(() => reject(error)),
        );
      // A function that ended is frozen before its last requests are on the wire; from there on they arrive without it.
      loop.setTimeout(() => {
        if (invocation.alive) loop.setTimeout(() => void arrive(), there - there * DEPARTURE);
      }, there * DEPARTURE);
    });
  };
}
