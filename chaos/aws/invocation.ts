import { AsyncLocalStorage } from 'node:async_hooks';

/** One call of a function, from its start to its end, its death or its time-out. */
export interface Invocation {
  readonly id: string;
  /** The function's name. */
  readonly name: string;
  /** True time (epoch ms) at which the platform under it ends it. */
  readonly endsAt: number;
  /** How often the most received message of its batch was received; 1 for anything else. */
  readonly receives: number;
  /** A dead one never goes on: nothing it awaits comes back. */
  alive: boolean;
  /** Ends it in the middle: the container is gone with everything in its memory. */
  die(cause: 'crash' | 'timeout'): void;
}

const running = new AsyncLocalStorage<Invocation>();

/** Runs a call of a function so that everything it awaits knows whose it is. */
export const within = <T>(invocation: Invocation, work: () => T): T => running.run(invocation, work);

/** The call of a function that is running now; `undefined` outside of every function. */
export const currentInvocation = (): Invocation | undefined => running.getStore();
