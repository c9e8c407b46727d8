import { contentHash } from '../../functions/domain/canonical-json.ts';
import type { CallOutcome } from '../aws/functions.ts';
import { currentInvocation, type Invocation } from '../aws/invocation.ts';
import type { SimStore } from '../plan/stores.ts';
import { type History, orderKey, type PastState } from './history.ts';
import type { Oddities } from './oddities.ts';

/**
 * What was delivered to our side, and answered for: webhooks it acknowledged and pages it read and lived through. Of nothing
 * else can a row be expected before a reconciliation.
 */
export interface Delivered {
  /** A webhook that our API answered well. @param senders the stores that it may be of */
  acknowledged(senders: readonly SimStore[], body: string): void;
  /** A page of new orders, whole, in the hands of the function that asked for it. */
  page(store: SimStore, body: Buffer): void;
  /** A function ended; a page that a crashed one held in its hands is lost, and nobody could have helped it. */
  ended(invocation: Invocation, outcome: CallOutcome<unknown>): void;
  /** A service refused a function something, or did not answer it. */
  refused(invocation: Invocation, service: string): void;
  /** Whether the platform's last word on an order reached our side. */
  ofLast(store: SimStore, orderId: string, last: PastState): boolean;
}

export function createDelivered(now: () => number, history: History, oddities: Oddities): Delivered {
  const acknowledgedAt = new Map<string, number>();
  const records = new Set<string>();
  const held = new Map<Invocation, string[]>();
  const refusals = new Map<Invocation, Set<string>>();
  const nameOf = ({ name }: SimStore, thing: string) => `${name} ${thing}`;
  return {
    acknowledged(senders, body) {
      const json: unknown = JSON.parse(body);
      for (const store of senders) {
        const orderId = store.webhooks?.orderIdOf(json);
        if (orderId === undefined || history.of(orderKey(store, orderId)).length === 0) continue;
        acknowledgedAt.set(nameOf(store, orderId), now());
        if (store.webhooks?.carriesOrder) records.add(nameOf(store, contentHash(json)));
      }
    },
    page(store, body) {
      const invocation = currentInvocation();
      const page = store.poll?.recordsOf(body);
      if (page === undefined) oddities.page(body);
      if (invocation === undefined || page === undefined) return;
      const read = page.map((record) => nameOf(store, contentHash(record)));
      held.set(invocation, [...(held.get(invocation) ?? []), ...read]);
    },
    ended(invocation, outcome) {
      // Both the queue and the place beside it refused, or said nothing: the page had nowhere to go.
      const refused = refusals.get(invocation);
      const hadNowhere = refused?.has('queue') === true && refused.has('table');
      // Nobody helps what a crash takes. A function that runs out of time, or ends in an error, had the time to keep it.
      const crashed = !outcome.ok && outcome.cause === 'crash';
      const answersFor = !crashed && !hadNowhere;
      oddities.ended(invocation, answersFor);
      if (answersFor) for (const record of held.get(invocation) ?? []) records.add(record);
      held.delete(invocation);
      refusals.delete(invocation);
    },
    refused(invocation, service) {
      refusals.set(invocation, (refusals.get(invocation) ?? new Set()).add(service));
    },
    ofLast(store, orderId, last) {
      if (store.webhooks?.carriesOrder === false) {
        // It only says that the order changed, so the last state is known from the last webhook on.
        const { at } = history.of(orderKey(store, orderId)).at(-1) ?? last;
        return (acknowledgedAt.get(nameOf(store, orderId)) ?? 0) >= at;
      }
      return records.has(nameOf(store, last.record));
    },
  };
}
