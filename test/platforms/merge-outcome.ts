import { type MergeRules, merge, type Observation } from '../../functions/domain/merge.ts';
import type { OrderStatus } from '../../functions/domain/order.ts';
import { sampleOrder } from '../support/sample-order.ts';
import { NOON } from './virtual-time.ts';

/** An order in a status that the platform gave it `changed` seconds after noon, seen `seen` seconds after noon. */
interface Sight {
  status: OrderStatus;
  changed: number;
  seen: number;
}

/** What becomes, by a platform's rules, of an order that is seen twice. */
export function outcomeOf(rules: MergeRules, first: Sight, second: Sight) {
  const { row } = merge(undefined, observationOf(first), NOON, rules);
  return merge(row, observationOf(second), NOON, rules).outcome;
}

function observationOf({ status, changed, seen }: Sight): Observation {
  const order = sampleOrder({ status, updatedAt: new Date(NOON + changed * 1000).toISOString() });
  const { platform, storeId, platformOrderId } = order;
  return {
    key: { platform, storeId, platformOrderId },
    reading: { order },
    observedAt: NOON + seen * 1000,
    origin: 'webhook',
    correlationId: 'c-1',
    raw: { sha256: 'aa', bytes: 2, chunkCount: 1 },
  };
}
