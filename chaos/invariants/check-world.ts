import type { Platform } from '../../functions/platforms/names.ts';
import { isThrottling } from '../world/fault-kinds.ts';
import type { World } from '../world/open-world.ts';
import { checkRows, type Expected } from './final.ts';
import { callsWhilePaused } from './refused-calls.ts';
import type { Delivered } from './told.ts';
import type { Report } from './violation.ts';

const PLATFORMS = ['nuvemshop', 'pedidosya', 'imotriz'] as const satisfies Platform[];

/** The rows as they have to be before any reconciliation. */
export function checkDelivered({ plan, tables, history, delivered }: World, report: Report): void {
  const failing = new Set(
    plan.faults.flatMap((fault) =>
      fault.kind === 'platform' && !isThrottling(fault.fault) ? [fault.platform] : [],
    ),
  );
  checkRows(tables, history, untilNow(delivered, failing), report);
}

/** Everything as it has to be in the end. */
export function checkEnd(world: World, report: Report): void {
  const { tables, history, delivered, platforms, account, oddities, lines, secrets, start } = world;
  checkRows(tables, history, afterReconciliation(delivered), report);
  for (const name of PLATFORMS) {
    const { calls } = platforms[name];
    for (const { at, status, fault, route } of calls)
      if (status === 429 && fault === undefined)
        report('over-limit', `${name} refused ${route} at ${Math.round(at - start)} ms`);
    const [first] = callsWhilePaused(calls);
    if (first !== undefined)
      report('called-while-paused', `${name} was asked again at ${Math.round(first - start)} ms`);
  }
  for (const [platform, { deadLetters }] of account.queues) {
    for (const { body, messageId } of deadLetters)
      if (!body.includes('not one of ours'))
        report('dead-letter', `${messageId} of ${platform} is a dead letter`);
  }
  for (const hash of oddities.unseen(tables))
    report('poison-dropped', `bytes with the hash ${hash} are in no row that says what is wrong`);
  const forbidden = [...history.personal(), ...[...secrets.values()].flatMap(texts)];
  for (const line of lines.holding(forbidden)) report('personal-data', line);
}

/**
 * Everything is in place that our side was told of. Only a platform that failed for hours, which being throttled is not,
 * may leave a row that says so and waits for a reconciliation.
 */
const untilNow =
  (delivered: Delivered, failing: ReadonlySet<Platform>): Expected =>
  (platform, orderId, last, row) => {
    const givenUp = row?.review?.reason === 'platform-keeps-failing' && failing.has(platform);
    return delivered.ofLast(platform, orderId, last) && !givenUp ? 'state' : 'nothing';
  };

/** iMotriz tells ids only, so a change whose one reading was lost stays unseen; that there is an order does not. */
const afterReconciliation =
  (delivered: Delivered): Expected =>
  (platform, orderId, last) =>
    platform !== 'imotriz' || delivered.ofLast(platform, orderId, last) ? 'state' : 'row';

const texts = (json: string): string[] =>
  Object.values<unknown>(JSON.parse(json)).filter(
    (value): value is string => typeof value === 'string' && value.length > 6,
  );
