import { styleText } from 'node:util';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { parseItemName } from '../../functions/domain/item-name.ts';
import { totalText } from '../../functions/domain/money.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { simulators } from '../platforms/registry.ts';
import { operatorOf } from './operator.ts';
import type { Shop } from './shop.ts';
import type { StockPush } from './stock-push.ts';
import { routeOf, type ShopStore } from './stores.ts';
import type { Summary } from './summary.ts';

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

/** One order as it landed: time, platform, order, status, total, initials. Never more of the buyer than initials. */
export function orderLine(row: OrderRow): string {
  const at = new Date(row.origin.last.at).toTimeString().slice(0, 8);
  const platform = platformText(row.platform);
  const number = numberText(numberOf(row));
  if (row.order === undefined)
    return `${at}  ${platform}  ${number}  needs review: ${row.review?.reason ?? ''}`;
  const { status } = row.order;
  const total = totalText(row.order).padStart(18);
  return `${at}  ${platform}  ${number}  ${status.padEnd(10)}  ${total}  ${initials(row.personal?.name)}`;
}

/** What people call an order. */
export const numberOf = ({ order, platformOrderId }: OrderRow): string =>
  order?.displayNumber ?? platformOrderId;

const numberText = (number: string): string => number.slice(0, 20).padEnd(20);
const platformText = (platform: string): string =>
  styleText(colourOf(platform), platform.padEnd(9), { stream: process.stdout });

/**
 * One event as the own system is told it: time, platform, order, number, what changed.
 *
 * @param number what people call the order, where that is known
 */
export function eventLine(event: FeedEvent, number?: string): string {
  const at = new Date(event.at).toTimeString().slice(0, 8);
  const { platform = '', platformOrderId = event.key } = parseItemName(event.key) ?? {};
  const { seq, type, from, to, changed = [] } = event;
  const what = [
    `event ${seq}`.padEnd(10),
    type.slice(type.indexOf('.') + 1),
    ...(to === undefined ? [] : [from === undefined ? to : `${from} > ${to}`]),
    ...(changed.length === 0 ? [] : [`(${changed.join(', ')})`]),
  ];
  const text = styleText('dim', what.join('  '), { stream: process.stdout });
  return `${at}  ${platformText(platform)}  ${numberText(number ?? platformOrderId)}  ${text}`;
}

/** A number of the own system as a channel took it: time, platform, SKU, what was said, what is shown. */
export function stockLine(push: StockPush, now = new Date()): string {
  const { platform, outletId, sku, units, shown, seconds } = push;
  const at = now.toTimeString().slice(0, 8);
  const where = outletId === undefined ? '' : `  (${outletId})`;
  const text = `stock ${units}  >  shows ${shown}, ${seconds} s later${where}`;
  return `${at}  ${platformText(platform)}  ${numberText(sku)}  ${text}`;
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
  const samples = shop.stores.flatMap(sampleCall(shop));
  // A platform that is polled sends none.
  const lines = samples.length === 0 ? [''] : ['', 'Send a webhook of your own (any shell):', '', ...samples];
  const urls = Object.entries(cloud.outputs).filter(
    ([name, url]) => url.startsWith(cloud.apiUrl) || name === ERP_OUTPUTS.api,
  );
  const { options, environment } = operatorOf(shop);
  lines.push(
    'The addresses of this run:',
    '',
    ...urls.map(([name, url]) => `  ${name.padEnd(34)} ${url}`),
    '',
    'The simulated platforms:',
    '',
    ...shop.stores.map(
      ({ module, storeId, simulator }) => `  ${`${module.title} ${storeId}`.padEnd(50)} ${simulator.url}`,
    ),
    '',
    'Read orders and events as the own system does, with a token of this run:',
    '',
    ...[`events?after=oldest&limit=20`, 'orders?limit=5'].map(
      (path) =>
        `  curl -s -H 'Authorization: Bearer ${shop.token}' '${cloud.outputs[ERP_OUTPUTS.api]}/v1/${path}'`,
    ),
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
  const { events } = summary;
  const verdict = summary.ok
    ? `Every order of the platforms is in the table, in its last state, and every change in the feed (${events.published} events).`
    : `Not everything is well: ${summary.missing.length} orders missing, ${summary.behind.length} not in their last state, ` +
      `${dead} messages in dead-letter queues, ${summary.needsReview} rows need review, ${events.missing} changes not in the feed.`;
  const { stock } = summary;
  const channels = Object.entries(stock?.told ?? {}).map(([platform, count]) => `${count} of ${platform}`);
  const told =
    stock === undefined
      ? []
      : ['', `  stock of ${stock.skus} SKUs is shown by ${channels.join(', ') || 'no'} channels`];
  return [
    '',
    ...lines,
    ...told,
    '',
    `${verdict} ${summary.seconds} s from the first event to the last row.`,
    '',
  ].join('\n');
}
