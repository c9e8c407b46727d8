import { styleText } from 'node:util';
import { formatMoney } from '../../functions/domain/money.ts';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { signNuvemshop } from '../../functions/platforms/nuvemshop/signature.ts';
import { ROUTES } from '../../functions/platforms/routes.ts';
import { operatorOf } from './operator.ts';
import type { Shop } from './shop.ts';
import type { Summary } from './summary.ts';

const COLOURS = new Map([
  ['nuvemshop', 'cyan'],
  ['pedidosya', 'magenta'],
  ['imotriz', 'yellow'],
] as const);

/** One order as it landed: time, platform, order, status, total, initials. Never more of the buyer than initials. */
export function orderLine(row: OrderRow): string {
  const at = new Date(row.origin.last.at).toTimeString().slice(0, 8);
  const platform = styleText(colourOf(row.platform), row.platform.padEnd(9), { stream: process.stdout });
  const number = (row.order?.displayNumber ?? row.platformOrderId).slice(0, 20).padEnd(20);
  if (row.order === undefined)
    return `${at}  ${platform}  ${number}  needs attention: ${row.review?.reason ?? ''}`;
  const { status, currency, totals } = row.order;
  const total = `${currency} ${formatMoney(totals.total, currency)}`.padStart(18);
  return `${at}  ${platform}  ${number}  ${status.padEnd(10)}  ${total}  ${initials(row.personal?.name)}`;
}

/** No colour of its own for a platform that is not listed. */
const colourOf = (platform: string) => [...COLOURS].find(([name]) => name === platform)?.[1] ?? 'white';

export function initials(name: string | undefined): string {
  const letters =
    (name ?? '').match(/\p{L}[\p{L}*]*/gu)?.map((word) => `${word.charAt(0).toUpperCase()}.`) ?? [];
  return letters.length === 0 ? '-' : letters.slice(0, 3).join('');
}

/** Where to send webhooks of one's own, with commands that work as they stand. */
export function invitation(shop: Shop): string {
  const { cloud, platforms, webhookSecrets } = shop;
  const lines = ['', 'Send a webhook of your own (any shell):', ''];
  const orderId = platforms.nuvemshop?.world.truth().at(-1)?.orderId;
  const storeId = shop.merchant.platforms.nuvemshop?.storeId;
  if (orderId !== undefined && storeId !== undefined) {
    const body = JSON.stringify({ store_id: Number(storeId), event: 'order/updated', id: Number(orderId) });
    const signature = signNuvemshop(body, webhookSecrets.nuvemshop);
    lines.push(
      `  curl -i ${cloud.apiUrl}${ROUTES.nuvemshopEvents} -H 'content-type: application/json' \\`,
      `    -H 'x-linkedstore-hmac-sha256: ${signature}' \\`,
      `    -d '${body}'`,
      '',
    );
  }
  const order = platforms.pedidosya?.world.truth().at(-1)?.json;
  if (order !== undefined) {
    const { order_id, client, items, payment } = order;
    const shown = items.slice(0, 1).map(({ _id, sku, name, pricing }) => ({ _id, sku, name, pricing }));
    const sys = { updated_at: new Date(Date.parse(order.sys.updated_at) + 60_000).toISOString() };
    const body = JSON.stringify({ order_id, status: 'READY_FOR_PICKUP', client, items: shown, payment, sys });
    lines.push(
      `  curl -i ${cloud.apiUrl}${ROUTES.pedidosya} -H 'content-type: application/json' \\`,
      `    -H 'authorization: ${webhookSecrets.pedidosya}' \\`,
      `    -d '${body.replaceAll("'", '')}'`,
      '',
    );
  }
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

/** The summary for people. */
export function summaryText(summary: Summary): string {
  const lines = Object.entries(summary.orders).map(([platform, statuses]) => {
    const counts = Object.entries(statuses).map(([status, count]) => `${count} ${status}`);
    const calls = summary.calls[platform as keyof Summary['calls']] ?? 0;
    const throttled = summary.throttled[platform as keyof Summary['throttled']] ?? 0;
    return `  ${platform.padEnd(9)}  ${counts.join(', ') || 'nothing'}  (${calls} calls, ${throttled} refused for the limit)`;
  });
  const dead = Object.values(summary.deadLetters).reduce((sum, count) => sum + count, 0);
  const verdict = summary.ok
    ? 'Every order of the platforms is in the table, in its last state.'
    : `Not everything is well: ${summary.missing.length} orders missing, ${summary.behind.length} not in their last state, ` +
      `${dead} messages in dead-letter queues, ${summary.needsReview} rows need attention.`;
  return ['', ...lines, '', `${verdict} ${summary.seconds} s from the first event to the last row.`, ''].join(
    '\n',
  );
}
