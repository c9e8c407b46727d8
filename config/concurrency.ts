import { hasCommands } from '../functions/platforms/commands.ts';
import type { Channel, Merchant } from './merchant.ts';

/** Kept free for receivers and installers: a webhook is answered within seconds, all other work can wait in its queue. */
const RECEIVERS = 3;
/** A queue's event source takes no smaller bound. */
const LEAST_CONSUMERS = 2;
/** Of each platform that carries out commands: each works on several orders, and the platform's limit is what holds them up. */
export const DISPATCHERS = 2;
/** Each run sends to all endpoints that it was told of, up to eight events at a time to each: two are plenty. */
export const DELIVERERS = 2;
/** One for each shard of the orders table's stream; a table that is billed on demand begins with four partitions. */
const PUBLISHERS = 4;
/** A system that reads the feed, and one that gives commands: both ask one request after the other. */
const API_CALLS = 2;
const SWEEPERS = 1;
/** Functions for the merchant's own system. */
const FOR_ERP = PUBLISHERS + API_CALLS + DELIVERERS + SWEEPERS;

/** How many functions of a merchant may run at once. */
export interface Concurrency {
  readonly receivers: number;
  readonly pollers: number;
  readonly reconcilers: number;
  /** By the platform's name. */
  readonly consumers: ReadonlyMap<string, number>;
  /** Of all platforms that carry out commands. */
  readonly dispatchers: number;
  /** For the merchant's own system: publishers, API, deliverers, sweep. */
  readonly forErp: number;
  /** All of them together, in the worst moment. */
  readonly together: number;
}

/**
 * Divides what the account may run at once. Receivers come first. A poller and a reconciler run for each store, two
 * dispatchers for each platform that carries out commands, and what the merchant's own system needs. What is left is shared
 * by the queues' consumers, each up to what its platform asks for, and at least two each.
 */
export function divideConcurrency(
  channels: readonly Channel[],
  { concurrentExecutions }: Pick<Merchant, 'concurrentExecutions'>,
): Concurrency {
  const storesOf = (some: readonly Channel[]) => some.reduce((sum, { stores }) => sum + stores.length, 0);
  const called = channels.some(
    ({ platform }) => platform.webhook !== undefined || platform.oauth !== undefined,
  );
  const receivers = called ? RECEIVERS : 0;
  const pollers = storesOf(channels.filter(({ platform }) => platform.poll !== undefined));
  const reconcilers = storesOf(channels);
  const dispatchers = DISPATCHERS * channels.filter(hasCommands).length;
  const others = receivers + pollers + reconcilers + dispatchers + FOR_ERP;
  const share = Math.max(LEAST_CONSUMERS, Math.floor((concurrentExecutions - others) / channels.length));
  const consumers = new Map(
    channels.map(({ platform }) => [platform.name, Math.min(share, platform.deployment.maxConcurrency)]),
  );
  const consuming = [...consumers.values()].reduce((sum, one) => sum + one, 0);
  return {
    receivers,
    pollers,
    reconcilers,
    consumers,
    dispatchers,
    forErp: FOR_ERP,
    together: others + consuming,
  };
}
