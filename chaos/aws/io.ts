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
}

/** What becomes of a request. Absent fields mean that nothing special happens. */
export interface Fate {
  /** The function dies before the request leaves, or after it did its work and before the answer is read. */
  crash?: 'before' | 'after';
  /** No answer ever comes, and the function sits there until its time is up. */
  hangs?: boolean;
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
  random: SeededRandom;
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
export type Io = <T>(
  request: Pick<Request, 'service' | 'operation'>,
  act: () => T | Promise<T>,
) => Promise<T>;

/** Share of the way there that is signing and waiting for a socket. */
const DEPARTURE = 0.3;

const never = <T>() => new Promise<T>(() => {});

/** Makes the only way from a function to the world outside it. */
export function createIo({ loop, random, fateOf }: IoOptions): Io {
  const way = (service: Service) => {
    const [least, most] = WAY_MS[service];
    // Most answers are quick, a few are not.
    return random.chance(0.02) ? most * 4 : least + (most - least) * random.next();
  };
  return <T>({ service, operation }: Pick<Request, 'service' | 'operation'>, act: () => T | Promise<T>) => {
    const invocation = currentInvocation();
    if (invocation === undefined) throw new Error(`${operation} was called outside of a function`);
    if (!invocation.alive) return never<T>();
    const fate = fateOf({ service, operation, invocation });
    const there = way(service) + (fate.slowerMs ?? 0);
    if (fate.hangs === true) return never<T>();
    return new Promise<T>((resolve, reject) => {
      const answer = (give: () => void) =>
        loop.setTimeout(
          () => {
            if (invocation.alive) give();
          },
          way(service) + (fate.lateMs ?? 0),
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
