import type { EpochMs } from '../domain/time.ts';

/** The only way to the time of day and to waiting, so that tests and simulations can move both. */
export interface Clock {
  now(): EpochMs;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
