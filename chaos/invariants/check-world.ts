import type { PlatformName } from '../../functions/domain/order.ts';
import type { SimQueue } from '../aws/queue.ts';
import type { Tables } from '../aws/tables.ts';
import { isThrottling, PLANTED_PERSON } from '../plan/fault-kinds.ts';
import type { Plan } from '../plan/plan.ts';
import { type SimStore, storeNamed } from '../plan/stores.ts';
import type { CatalogueWatch } from './catalogue-watch.ts';
import type { Delivered } from './delivered.ts';
import type { EndpointCalls } from './endpoint-calls.ts';
import type { Erasures } from './erasures.ts';
import type { FeedWatch } from './feed-watch.ts';
import { checkRows, type Expected } from './final.ts';
import type { Forgeries } from './forgeries.ts';
import { type History, orderKey } from './history.ts';
import type { LogLines } from './log-lines.ts';
import type { LostReads } from './lost-reads.ts';
import type { Oddities } from './oddities.ts';
import { callsWhilePaused, type SeenCall } from './refused-calls.ts';
import type { Report } from './violation.ts';

/** What is looked at of a world that came to rest. */
export interface Observed {
  plan: Plan;
  /** Epoch ms at which it began. */
  start: number;
  stores: readonly SimStore[];
  account: { queues: ReadonlyMap<PlatformName, SimQueue> };
  tables: Tables;
  secrets: ReadonlyMap<string, string>;
  history: History;
  delivered: Delivered;
  oddities: Oddities;
  lostReads: LostReads;
  erasures: Erasures;
  forgeries: Forgeries;
  calls: ReadonlyMap<SimStore, readonly SeenCall[]>;
  lines: LogLines;
  catalogueWatch: Pick<CatalogueWatch, 'personal'>;
  feed: FeedWatch;
  /** The merchant's own system, which checks what it came to know. */
  erp: { checkEnd(): void; calls: EndpointCalls };
}

/** The merchant's own system knows everything, and nothing of a person but by asking for it. */
export function checkFeed({ feed, erp, history, secrets, catalogueWatch }: Observed, report: Report): void {
  feed.checkTold(report);
  erp.checkEnd();
  const forbidden = [
    PLANTED_PERSON,
    ...history.personal(),
    ...catalogueWatch.personal(),
    ...[...secrets.values()].flatMap(texts),
  ];
  for (const found of [...feed.holding(forbidden), ...erp.calls.holding(forbidden)])
    report('feed-personal', found);
}

/** The rows as they have to be before any reconciliation. */
export function checkDelivered(
  { plan, stores, tables, history, delivered, forgeries, lostReads }: Observed,
  report: Report,
): void {
  lostReads.checkTold({ history, tables }, report);
  const failing = new Set(
    plan.faults.flatMap((fault) =>
      fault.kind === 'platform' && !isThrottling(fault.fault)
        ? [storeNamed(stores, fault.store).platform.name]
        : [],
    ),
  );
  checkRows(tables, history, untilNow(delivered, forgeries, failing), report);
}

/** Nobody is left of those who were erased. Looked at before and after a reconciliation: that comes upon remains, and removes them. */
export function checkErased({ tables, history, erasures }: Observed, report: Report): void {
  for (const item of erasures.remains(tables, history))
    report('erased-person', `${item} still tells of an erased person`);
}

/** Everything as it has to be in the end. */
export function checkEnd(world: Observed, report: Report): void {
  const { tables, history, delivered, account, oddities, lines, secrets, start, catalogueWatch } = world;
  if (!world.plan.erp.directed) checkRows(tables, history, afterReconciliation(delivered), report);
  for (const [{ name }, calls] of world.calls) {
    for (const { record } of calls) {
      const { at, status, fault, route } = record;
      if (status === 429 && fault === undefined)
        report('over-limit', `${name} refused ${route} at ${Math.round(at - start)} ms`);
    }
    const [first] = callsWhilePaused(calls);
    if (first !== undefined)
      report('called-while-paused', `${name} was asked again at ${Math.round(first - start)} ms`);
  }
  for (const [platform, { deadLetters }] of account.queues) {
    for (const { body, messageId } of deadLetters.messages)
      if (!body.includes('not one of ours'))
        report('dead-letter', `${messageId} of ${platform} is a dead letter`);
  }
  checkErased(world, report);
  for (const hash of oddities.unseen(tables))
    report('poison-dropped', `bytes with the hash ${hash} are in no row that says what is wrong`);
  const forbidden = [
    PLANTED_PERSON,
    ...history.personal(),
    ...catalogueWatch.personal(),
    ...[...secrets.values()].flatMap(texts),
  ];
  for (const line of lines.holding(forbidden)) report('personal-data', line);
}

/**
 * Everything is in place that was delivered to our side. Only a platform that failed for hours, which being throttled is not,
 * may leave a row that says so and waits for a reconciliation.
 */
const untilNow =
  (delivered: Delivered, forgeries: Forgeries, failing: ReadonlySet<PlatformName>): Expected =>
  (store, orderId, last, row) => {
    const givenUp = row?.review?.reason === 'platform-keeps-failing' && failing.has(store.platform.name);
    if (!delivered.ofLast(store, orderId, last) || givenUp) return 'nothing';
    return forgeries.yieldTo(orderKey(store, orderId), last) ? 'state' : 'row';
  };

/** Of a list of ids, a change whose one reading was lost stays unseen; that there is an order does not. */
const afterReconciliation =
  (delivered: Delivered): Expected =>
  (store, orderId, last) =>
    store.platform.resources.order.reconciliation.lists !== 'ids' || delivered.ofLast(store, orderId, last)
      ? 'state'
      : 'row';

const texts = (json: string): string[] =>
  Object.values<unknown>(JSON.parse(json)).filter(
    (value): value is string => typeof value === 'string' && value.length > 6,
  );
