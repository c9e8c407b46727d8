import { merge } from '../../functions/domain/merge.ts';
import type { Observation } from '../../functions/domain/observation.ts';
import type { OrderStatus } from '../../functions/domain/order.ts';
import type { MergeRules } from '../../functions/domain/order-row.ts';
import { sampleOrder } from '../support/sample-order.ts';
import { NOON } from './virtual-time.ts';

/** An order in a status that the platform gave it `changed` seconds after noon, seen `seen` seconds after noon. */
interface Sight {
  status: OrderStatus;
  changed: number;
  seen: number;
}

function outcomeOf(rules: MergeRules, first: Sight, second: Sight) {
  const { row } = merge(undefined, observationOf(first), NOON, rules);
  return merge(row, observationOf(second), NOON, rules).outcome;
}

/** What becomes, by a platform's rules, of an order in a status that is seen again with a later one. */
export const afterwards = (rules: MergeRules, status: OrderStatus, later: OrderStatus) =>
  outcomeOf(rules, { status, changed: 1, seen: 1 }, { status: later, changed: 2, seen: 2 });

/** What becomes, by a platform's rules, of an order that is seen again, after seconds, as it was at an earlier time. */
export const backwards = (rules: MergeRules, seen: number) =>
  outcomeOf(rules, { status: 'ready', changed: 10, seen: 0 }, { status: 'confirmed', changed: 5, seen });

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
