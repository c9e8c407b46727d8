import type { Priority } from '../../functions/rate-limit/bucket.ts';
import type { Plan } from './platform.ts';
import type { QueueOptions } from './queue.ts';

/** What happens to the limiter in one run. Times in ms from the start, rates per second. */
export interface Scenario {
  name: string;
  plan: Plan;
  /** What the bucket is configured with, where that is not what the platform allows. */
  configured?: Plan;
  arrivals: Arrival[];
  consumers: number;
  queue: Partial<QueueOptions>;
  /** The queue that urgent messages come through, when it is another one. */
  urgentQueue?: Partial<QueueOptions>;
  /** Standard deviation of the containers' clocks. */
  skewMs: number;
  /** Mean time of a database request, where it is not the usual one. */
  databaseMs?: number;
  /** Shares of table writes that are lost after they were applied, and refused before. */
  tableFaults?: { lost: number; throttled: number };
  /** The first environment's clock is ahead by this. */
  wrongClockMs?: number;
  /** Share of the platform's rate that somebody else uses. */
  foreign?: number;
  changes?: { at: number; plan: Plan }[];
  /** The run is given up after this long (ms). */
  limitMs?: number;
}

export type Arrival =
  /** `together`: so many travel in one message. */
  | { kind: 'backlog'; priority: Priority; count: number; at?: number; together?: number }
  | { kind: 'poisson'; priority: Priority; perSecond: number; count: number; at?: number }
  | { kind: 'every'; priority: Priority; everyMs: number; count: number; at?: number };

export const SMALL: Plan = { rate: 2, burst: 40 };
export const LARGE: Plan = { rate: 20, burst: 400 };

export const DATABASE_MS = 5;
export const QUEUE_MS = 10;
export const REPLY_MS = 200;
export const WAY_MS = 10;

export const standardQueue: QueueOptions = {
  batchSize: 10,
  windowMs: 1000,
  pollers: 1,
  concurrency: 50,
  visibilityMs: 180_000,
  maxReceives: 5,
  deathRate: 0,
};
