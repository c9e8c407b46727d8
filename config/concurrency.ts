import { hasCommands } from '../functions/platforms/commands.ts';
import type { Channel, Merchant } from './merchant.ts';

/** Kept free for receivers and installers: a webhook is answered within seconds, all other work can wait in its queue. */
const RECEIVERS = 3;
/** A queue's event source takes no smaller bound. */
const LEAST_OF_A_QUEUE = 2;
/** Of a platform that carries out commands: each works on several orders, and the platform's limit is what holds them up. */
export const DISPATCHERS = LEAST_OF_A_QUEUE;
/** Of a platform that is told of stock: a store is told by one at a time, and the others tell other stores. */
export const TELLERS = LEAST_OF_A_QUEUE;
/** Each works on all endpoints that it was told of, up to eight events at a time to each. */
export const DELIVERERS = LEAST_OF_A_QUEUE;
/** One for each shard of the stream of a table on demand, which begins with four partitions. */
const PUBLISHERS = 4;
/** The same stream, read by whoever notes how orders are found and follows what they take. */
const TRACKERS = 4;
/** Once a night. */
const COMPARERS = 1;
const SWEEPERS = 1;
/** What the merchant's system asks at once, as a rule. The limits of the routes let more through for a moment. */
const API_REQUESTS = 2;

/** How many functions of a merchant may run at once. */
export interface Concurrency {
  readonly receivers: number;
  readonly pollers: number;
  readonly reconcilers: number;
  /** By the platform's name. */
  readonly consumers: ReadonlyMap<string, number>;
  readonly dispatchers: number;
  readonly tellers: number;
  /** Everything that works for the merchant's own system, whatever platform: feed, webhooks, API. */
  readonly ownSystem: number;
  /** All of them together, in the worst moment. */
  readonly together: number;
  /** All of them in words. */
  readonly said: string;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/**
 * Divides what the account may run at once. Receivers come first. A poller and a reconciler run for each store. What is
 * left is shared by the queues' consumers, each up to what its platform asks for, and at least two each.
 */
export function divideConcurrency(
  channels: readonly Channel[],
  { concurrentExecutions, stock }: Pick<Merchant, 'concurrentExecutions' | 'stock'>,
): Concurrency {
  const storesOf = (some: readonly Channel[]) => sum(some.map(({ stores }) => stores.length));
  const called = channels.some(
    ({ platform }) => platform.webhook !== undefined || platform.oauth !== undefined,
  );
  const receivers = called ? RECEIVERS : 0;
  const pollers = storesOf(channels.filter(({ platform }) => platform.poll !== undefined));
  const reconcilers = storesOf(channels);
  const dispatchers = DISPATCHERS * channels.filter(hasCommands).length;
  const tellers = TELLERS * channels.filter((channel) => channel.stock !== undefined).length;
  const comparers = stock === undefined ? 0 : COMPARERS;
  const ownSystem = PUBLISHERS + TRACKERS + comparers + DELIVERERS + SWEEPERS + API_REQUESTS;
  const others = receivers + pollers + reconcilers + dispatchers + tellers + ownSystem;
  const share = Math.max(
    LEAST_OF_A_QUEUE,
    Math.floor((concurrentExecutions - others) / Math.max(1, channels.length)),
  );
  const consumers = new Map(
    channels.map(({ platform }) => [platform.name, Math.min(share, platform.deployment.maxConcurrency)]),
  );
  return {
    receivers,
    pollers,
    reconcilers,
    consumers,
    dispatchers,
    tellers,
    ownSystem,
    together: others + sum([...consumers.values()]),
    said:
      `receivers ${receivers}, consumers ${[...consumers.values()].join(' + ')}, pollers ${pollers}, ` +
      `reconcilers ${reconcilers}, dispatchers ${dispatchers}, ${tellers === 0 ? '' : `tellers ${tellers}, `}and ${ownSystem} for the merchant's own system`,
  };
}
