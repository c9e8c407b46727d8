import type { OrderKey } from '../../domain/order-row.ts';
import type { Bucket } from '../../rate-limit/bucket.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { CircuitBreaker } from '../../storage/circuit-breaker.ts';
import { orderPk } from '../../storage/keys.ts';
import { mergeFound, type Replayed, type Replayer, type ReplayOptions } from './replay.ts';
import { parseStored } from './stored-bytes.ts';

/** How one order is fetched from a platform, within its limit and only while it lets us in. */
export interface SingleFetch {
  bucket: Bucket;
  pause: CircuitBreaker;
  /** The order's own bytes. @throws PlatformError. */
  fetch(orderId: string, correlationId: string): Promise<Uint8Array>;
}

/**
 * Fetches one order now and merges it. Waits for a slot as long as it takes: an operator's command has the time.
 *
 * @throws PlatformError, or the AWS SDK's errors.
 */
export async function fetchNow(
  replayer: Replayer,
  { bucket, pause, fetch }: SingleFetch,
  key: OrderKey,
  options: ReplayOptions,
): Promise<Replayed> {
  const order = orderPk(key);
  const permission = await pause.check();
  if (!permission.allowed) {
    const problem = `${key.platform} is paused: ${permission.state.cause}. ${permission.state.remedy}`;
    return { order, result: 'failed', problem };
  }
  await waitForSlot(bucket, replayer.clock);
  const observedAt = replayer.clock.now();
  const bytes = await fetch(key.platformOrderId, options.correlationId);
  await pause.recordSuccess();
  const reading = parseStored(replayer.settings, key, bytes);
  const found =
    reading.kind === 'orders' ? reading.orders.find((one) => orderPk(one.key) === order) : undefined;
  if (found !== undefined) return mergeFound(replayer, found, { ...options, observedAt });
  const problem = reading.kind === 'orders' ? reading.problems[0] : undefined;
  return {
    order,
    result: 'still-not-understood',
    problem: problem ?? 'the platform answered with another order',
  };
}

async function waitForSlot(bucket: Bucket, clock: Clock): Promise<void> {
  for (;;) {
    const { granted, retryAt } = await bucket.take(1, 'bulk');
    if (granted > 0) return;
    await clock.sleep(Math.max(100, (retryAt ?? 0) - clock.now()));
  }
}
