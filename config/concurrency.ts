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

/** What to do when the account has no room for all of them; `undefined` when it has. */
export function concurrencyAdvice(
  channels: readonly Channel[],
  merchant: Pick<Merchant, 'concurrentExecutions'>,
): string | undefined {
  const { receivers, pollers, reconcilers, consumers, together } = divideConcurrency(channels, merchant);
  if (together <= merchant.concurrentExecutions) return undefined;
  const consuming = [...consumers.values()].join(' + ');
  return (
    `In its worst moment this merchant runs ${together} functions at once (receivers ${receivers}, consumers ${consuming}, ` +
    `pollers ${pollers}, reconcilers ${reconcilers}), and concurrentExecutions says that the account runs ` +
    `${merchant.concurrentExecutions}. A webhook that finds no room is answered 5xx. Ask AWS for more; it is free and takes ` +
    'about a day: Service Quotas, AWS Lambda, "Concurrent executions" (L-B99A9384). Then write the new number into ' +
    'concurrentExecutions and deploy.'
  );
}
