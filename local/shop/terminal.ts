import { styleText } from 'node:util';
import { totalText } from '../../functions/domain/money.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { simulators } from '../platforms/registry.ts';
import { operatorOf } from './operator.ts';
import type { Shop } from './shop.ts';
import { routeOf, type ShopStore } from './stores.ts';
import type { Summary } from './summary.ts';

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

/** One order as it landed: time, platform, order, status, total, initials. Never more of the buyer than initials. */
export function orderLine(row: OrderRow): string {
  const at = new Date(row.origin.last.at).toTimeString().slice(0, 8);
  const platform = styleText(colourOf(row.platform), row.platform.padEnd(9), { stream: process.stdout });
  const number = (row.order?.displayNumber ?? row.platformOrderId).slice(0, 20).padEnd(20);
  if (row.order === undefined)
    return `${at}  ${platform}  ${number}  needs review: ${row.review?.reason ?? ''}`;
  const { status } = row.order;
  const total = totalText(row.order).padStart(18);
  return `${at}  ${platform}  ${number}  ${status.padEnd(10)}  ${total}  ${initials(row.personal?.name)}`;
}

function colourOf(platform: string): (typeof COLOURS)[number] {
  return COLOURS[[...simulators.keys()].indexOf(platform) % COLOURS.length] ?? 'cyan';
}

export function initials(name: string | undefined): string {
  const letters =
    (name ?? '').match(/\p{L}[\p{L}*]*/gu)?.map((word) => `${word.charAt(0).toUpperCase()}.`) ?? [];
  return letters.length === 0 ? '-' : letters.slice(0, 3).join('');
}

/** Where to send webhooks of one's own, with commands that work as they stand. */
export function invitation(shop: Shop): string {
  const { cloud } = shop;
  const lines = ['', 'Send a webhook of your own (any shell):', '', ...shop.stores.flatMap(sampleCall(shop))];
  const urls = Object.entries(cloud.outputs).filter(([, url]) => url.startsWith(cloud.apiUrl));
  const { options, environment } = operatorOf(shop);
  lines.push(
    'The addresses of this run:',
    '',
    ...urls.map(([name, url]) => `  ${name.padEnd(34)} ${url}`),
    '',
    'Work as its operator, in another shell (--help lists the commands):',
    '',
    `  export ${Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
    `  npm run ops -- ${options.join(' ')} attention`,
    '',
  );
  return lines.join('\n');
}

/** A curl of a webhook about the store's newest order. */
const sampleCall =
  ({ cloud }: Shop) =>
  (store: ShopStore): string[] => {
    const sample = store.webhooks?.sample();
    const path = routeOf(store, store.module.addresses[sample?.address ?? '']?.topic ?? '')?.path;
    if (sample === undefined || path === undefined) return [];
    const headers = Object.entries(sample.headers).map(([name, value]) => `-H '${name}: ${value}'`);
    const parts = [`curl -i ${cloud.apiUrl}${path} ${headers.join(' \\\n    ')}`, `-d '${sample.body}'`];
    return [`  ${parts.join(' \\\n    ')}`, ''];
  };

/** The summary for people. */
export function summaryText(summary: Summary): string {
  const lines = Object.entries(summary.orders).map(([platform, statuses]) => {
    const counts = Object.entries(statuses).map(([status, count]) => `${count} ${status}`);
    const calls = summary.calls[platform] ?? 0;
    const throttled = summary.throttled[platform] ?? 0;
    return `  ${platform.padEnd(9)}  ${counts.join(', ') || 'nothing'}  (${calls} calls, ${throttled} refused for the limit)`;
  });
  const dead = Object.values(summary.deadLetters).reduce((sum, count) => sum + count, 0);
  const verdict = summary.ok
    ? 'Every order of the platforms is in the table, in its last state.'
    : `Not everything is well: ${summary.missing.length} orders missing, ${summary.behind.length} not in their last state, ` +
      `${dead} messages in dead-letter queues, ${summary.needsReview} rows need review.`;
  return ['', ...lines, '', `${verdict} ${summary.seconds} s from the first event to the last row.`, ''].join(
    '\n',
  );
}
