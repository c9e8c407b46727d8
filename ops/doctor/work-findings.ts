import { divideConcurrency } from '../../config/concurrency.ts';
import type { Channel } from '../../config/merchant.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { countUnacknowledged } from '../../functions/storage/acknowledgements.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import type { OperatorContext } from '../context.ts';
import { feedLate } from '../data/feed.ts';
import { type Finding, green } from './finding.ts';

/** Queue, dead-letter messages and outboxes of a platform. */
export async function queueFindings(context: OperatorContext, { platform }: Channel): Promise<Finding[]> {
  const { name } = platform;
  const dead = await context.deadLettersOf(name).count();
  const { visible, delayed, inWork } = await context.intakeOf(name);
  const found: Finding[] = [
    dead === 0
      ? green(`${name} dead letters`, 'there are none')
      : {
          level: 'red',
          what: `${name} dead letters`,
          why: `${dead} messages failed five times each`,
          command: `dlq peek --platform ${name}`,
        },
    visible + delayed + inWork === 0
      ? green(`${name} queue`, 'is empty')
      : {
          level: delayed > 0 ? 'yellow' : 'green',
          what: `${name} queue`,
          why: `${visible} wait to be worked on, ${inWork} are being worked on or are tried again within minutes, ${delayed} wait for the platform`,
          ...(delayed > 0 ? { command: 'platforms' } : {}),
        },
  ];
  for (const store of context.polledStores.filter((one) => one.platform === name)) {
    const { outbox } = context.outboxOf(store);
    const [waiting, aside] = [await outbox.countWaiting(), await outbox.countAside()];
    const what = `${name} ${store.storeId} outbox`;
    const why = `${waiting} pages wait for the queue, ${aside} are set aside`;
    if (aside > 0) found.push({ level: 'red', what, why, command: `outbox list --platform ${name}` });
    else if (waiting > 0)
      found.push({ level: 'yellow', what, why, command: `outbox list --platform ${name}` });
    else found.push(green(what, 'is empty'));
  }
  return found;
}

/** Rows that wait for a person. */
export async function reviewFinding({ index, names }: OperatorContext): Promise<Finding[]> {
  const lists = await Promise.all(names.map((name) => index.needsReview(name)));
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  if (count === 0) return [green('needs review', 'no row waits for a person')];
  return [
    { level: 'yellow', what: 'needs review', why: `${count} rows wait for a person`, command: 'attention' },
  ];
}

/** How far the feed is behind the table. */
export async function feedFindings(
  context: Pick<OperatorContext, 'control' | 'index' | 'stores'>,
): Promise<Finding[]> {
  const newest = await createFeedReader(context.control).newest();
  const late = await feedLate(context, newest);
  const { seq, at } = newest;
  const what = 'feed';
  const place =
    seq === 0
      ? 'nothing was published yet'
      : `its head is number ${seq}${at === undefined ? '' : `, of ${isoTime(at)}`}`;
  if (late === undefined) return [green(what, `${place}; no change waits`)];
  const { since, article, lost } = late;
  const why = `${place}; the oldest change that waits is of ${isoTime(since)}`;
  if (lost)
    return [
      {
        level: 'red',
        what,
        why,
        next: `Mend the publisher first (runbook, "${article}").`,
        command: 'events catch-up',
      },
    ];
  return [
    { level: article === 'publisher-behind' ? 'red' : 'yellow', what, why, next: `Runbook, "${article}".` },
  ];
}

/** Orders that the merchant's system should have acknowledged. */
export async function acknowledgementFindings({
  merchant,
  control,
  outputs,
}: OperatorContext): Promise<Finding[]> {
  const { acknowledgeWithinHours: hours } = merchant.erp;
  const what = 'acknowledgements';
  if (hours === undefined) return [green(what, 'nobody waits for them (erp.acknowledgeWithinHours)')];
  const overdue = await countUnacknowledged(control.client, outputs('OrdersTableName'), control.clock.now());
  if (overdue === 0) return [green(what, 'none is overdue')];
  return [
    {
      level: 'red',
      what,
      why: `${overdue} orders were not acknowledged within ${hours} hours`,
      next: "Ask whoever runs the merchant's system whether it reads the feed.",
      command: 'orders list --not-acknowledged',
    },
  ];
}

/** What the account has to run at once in the worst moment, beside what it may. */
export function concurrencyFinding({
  channels,
  merchant,
}: Pick<OperatorContext, 'channels' | 'merchant'>): Finding {
  const { together, said } = divideConcurrency(channels, merchant);
  const why = `${together} functions at once in the worst moment (${said}), and the account runs ${merchant.concurrentExecutions}`;
  if (together <= merchant.concurrentExecutions) return green('concurrency', why);
  return {
    level: 'yellow',
    what: 'concurrency',
    why,
    next: 'Service Quotas, AWS Lambda, "Concurrent executions" (L-B99A9384); then write the number into concurrentExecutions and deploy.',
  };
}
