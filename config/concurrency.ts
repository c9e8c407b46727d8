import type { Channel, Merchant } from './merchant.ts';

/** Kept free for receivers and installers: a webhook is answered within seconds, all other work can wait in its queue. */
const RECEIVERS = 3;
/** A queue's event source takes no smaller bound. */
const LEAST_CONSUMERS = 2;

/** How many functions of a merchant may run at once. */
export interface Concurrency {
  readonly receivers: number;
  readonly pollers: number;
  readonly reconcilers: number;
  /** By the platform's name. */
  readonly consumers: ReadonlyMap<string, number>;
  /** All of them together, in the worst moment. */
  readonly together: number;
}

/**
 * Divides what the account may run at once. Receivers come first. A poller and a reconciler run for each store. What is
 * left is shared by the queues' consumers, each up to what its platform asks for, and at least two each.
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
  const left = concurrentExecutions - receivers - pollers - reconcilers;
  const share = Math.max(LEAST_CONSUMERS, Math.floor(left / channels.length));
  const consumers = new Map(
    channels.map(({ platform }) => [platform.name, Math.min(share, platform.deployment.maxConcurrency)]),
  );
  const consuming = [...consumers.values()].reduce((sum, one) => sum + one, 0);
  return {
    receivers,
    pollers,
    reconcilers,
    consumers,
    together: receivers + pollers + reconcilers + consuming,
  };
}
