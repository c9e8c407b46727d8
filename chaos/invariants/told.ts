import { contentHash } from '../../functions/domain/content-hash.ts';
import { parseJson } from '../../functions/http/json.ts';
import type { Platform } from '../../functions/platforms/names.ts';
import type { CallOutcome } from '../aws/functions.ts';
import { currentInvocation, type Invocation } from '../aws/invocation.ts';
import type { History, PastState } from './history.ts';
import type { Oddities } from './oddities.ts';

/**
 * What our side was told, and answered for: webhooks it acknowledged and pages it read and lived through. Of nothing else can
 * a row be expected before a reconciliation.
 */
export interface Delivered {
  /** A webhook that our API answered well. */
  acknowledged(platform: 'nuvemshop' | 'pedidosya', body: string): void;
  /** A page of new orders, whole, in the hands of the function that asked for it. */
  page(body: Buffer): void;
  /** A function ended; a page that a dead one held in its hands is lost, and nobody could have helped it. */
  ended(invocation: Invocation, outcome: CallOutcome<unknown>): void;
  /** A service refused a function something. */
  refused(invocation: Invocation, service: string): void;
  /** Whether the platform's last word on an order reached our side. */
  ofLast(platform: Platform, orderId: string, last: PastState): boolean;
}

export function createDelivered(now: () => number, history: History, oddities: Oddities): Delivered {
  const acknowledgedAt = new Map<string, number>();
  const bodies = new Set<string>();
  const records = new Set<string>();
  const held = new Map<Invocation, string[]>();
  const refusals = new Map<Invocation, Set<string>>();
  return {
    acknowledged(platform, body) {
      const json: unknown = JSON.parse(body);
      if (platform === 'pedidosya') bodies.add(contentHash(json));
      else if (typeof json === 'object' && json !== null && 'id' in json)
        acknowledgedAt.set(String(json.id), now());
    },
    page(body) {
      const invocation = currentInvocation();
      const page = recordsOf(body);
      if (page === undefined) oddities.page(body);
      if (invocation === undefined || page === undefined) return;
      held.set(invocation, [...(held.get(invocation) ?? []), ...page.map(contentHash)]);
    },
    ended(invocation, outcome) {
      // Both the queue and the place beside it refused: the page had nowhere to go.
      const refused = refusals.get(invocation);
      const hadNowhere = refused?.has('queue') === true && refused.has('table');
      oddities.ended(invocation, outcome, hadNowhere);
      if (outcome.ok && !hadNowhere) for (const record of held.get(invocation) ?? []) records.add(record);
      held.delete(invocation);
      refusals.delete(invocation);
    },
    refused(invocation, service) {
      refusals.set(invocation, (refusals.get(invocation) ?? new Set()).add(service));
    },
    ofLast(platform, orderId, last) {
      if (platform === 'imotriz') return records.has(last.record);
      if (platform === 'pedidosya') return bodies.has(last.record);
      const { at } = history.of(platform, orderId).at(-1) ?? last;
      return (acknowledgedAt.get(orderId) ?? 0) >= at;
    },
  };
}

function recordsOf(body: Buffer): unknown[] | undefined {
  let page: unknown;
  try {
    page = parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof page !== 'object' || page === null || !('data' in page) || !('metadata' in page))
    return undefined;
  const { data, metadata } = page;
  const healthy =
    typeof metadata === 'object' &&
    metadata !== null &&
    Object.values(metadata).every((count) => typeof count === 'number' && count >= 0);
  return Array.isArray(data) && healthy ? data : undefined;
}
