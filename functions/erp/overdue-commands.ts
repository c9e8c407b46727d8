import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { CommandSubject } from '../domain/command-subject.ts';
import type { PlatformName } from '../domain/order.ts';
import { mapConcurrent } from '../pipeline/map-concurrent.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { Log } from '../runtime/telemetry.ts';
import { commandsAtWork } from '../storage/command-work.ts';

export interface CommandSweep {
  readonly client: DynamoDBDocumentClient;
  readonly ordersTable: string;
  /** Platforms that carry out commands. */
  readonly platforms: readonly PlatformName[];
  /** Tells whoever runs commands that an order has some. */
  hint(key: CommandSubject): Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** A message that was sent when the work became due is given this long, in ms. */
const GRACE_MS = 15_000;
/** Orders of a platform that one sweep tells of; the next one tells of the rest. */
const MOST_ORDERS = 1_000;
/** More in doubt than this are no better known by their number. */
const MOST_COUNTED = 1_000;
const HINTS_AT_ONCE = 16;

/**
 * Tells again of every order whose commands are overdue, and counts those that wait for a person. An order that cannot be
 * told of keeps no other from it, and neither does a platform.
 *
 * @throws the first failure, at the end
 */
export async function sweepCommands(sweep: CommandSweep): Promise<void> {
  const ended = await Promise.allSettled(sweep.platforms.map((platform) => sweepPlatform(sweep, platform)));
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function sweepPlatform(sweep: CommandSweep, platform: PlatformName): Promise<void> {
  const { client, ordersTable: table, hint, clock, metrics, log } = sweep;
  const now = clock.now();
  const inDoubt = await commandsAtWork({ client, table }, platform, 'in-doubt', { limit: MOST_COUNTED });
  const overdue = await commandsAtWork({ client, table }, platform, 'under-way', {
    before: now - GRACE_MS,
    limit: MOST_ORDERS,
  });
  const oldest = Math.min(now, ...overdue.map(({ at }) => at));
  metrics.add('CommandInDoubt', platform, inDoubt.length);
  metrics.add('CommandAgeSeconds', platform, (now - oldest) / 1000);
  if (overdue.length > 0)
    log.warn('commands are overdue, and are told of again', { platform, orders: overdue.length });
  const failures: unknown[] = [];
  await mapConcurrent(HINTS_AT_ONCE, overdue, async ({ key }) => {
    await hint(key).catch((error: unknown) => void failures.push(error));
  });
  if (failures.length > 0) throw failures[0];
}
