import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metric-names.ts';
import type { Log } from '../runtime/telemetry.ts';
import { countUnacknowledged } from '../storage/acknowledgements.ts';

/** A sweep comes every minute: without a bound each would read every order of a system that stopped acknowledging. */
const MOST_COUNTED = 10_000;

/**
 * Counts the orders that the merchant's system should have acknowledged by now and did not, into the metric of the alarm on
 * them. Where nobody waits for acknowledgements there are none, and it costs one query of an empty index.
 *
 * @returns at most so many as are counted
 */
export async function countOverdueAcknowledgements({
  client,
  ordersTable,
  clock,
  metrics,
  log,
  most = MOST_COUNTED,
}: {
  client: DynamoDBDocumentClient;
  ordersTable: string;
  clock: Pick<Clock, 'now'>;
  metrics: Metrics;
  log: Log;
  most?: number;
}): Promise<number> {
  const overdue = await countUnacknowledged(client, ordersTable, clock.now(), most);
  const platform = 'erp';
  metrics.add('OrdersUnacknowledged', platform, overdue);
  if (overdue > 0) log.warn('orders wait to be acknowledged for too long', { overdue });
  return overdue;
}
