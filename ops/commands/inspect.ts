import { itemName } from '../../functions/domain/item-name.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { dismissOrders } from '../actions/dismiss.ts';
import type { OperatorContext } from '../context.ts';
import { findHits } from '../data/found.ts';
import type { SkuHit } from '../data/found-sku.ts';
import { readOrder, wayOf } from '../data/order.ts';
import { reviewRows } from '../data/review.ts';
import { EXIT } from '../exit.ts';
import { orderMeant, searchProgress } from '../find-order.ts';
import { quoted } from '../page/quoted.ts';
import { columns, command, DRY_RUN, print } from '../print.ts';
import { type RowSummary, summaryColumns } from '../row-summary.ts';

/** Where is my order: its row without the person, how it came, and what is kept of it. */
export async function show(
  context: OperatorContext,
  text: string,
  { json }: { json: boolean },
): Promise<number> {
  const key = await orderMeant(context, text);
  const [found, commands] = await Promise.all([readOrder(context, key), context.commands.ofOrder(key)]);
  if (found === undefined) {
    print(json, { order: text, found: false }, [
      `${text} is not in the table. Runbook, "An order is missing": did its webhook come, and what became of it?`,
      `Is it under another number? ${command(context, `find ${quoted(text)} --days 30`)}`,
      `Ask the platform for it: ${command(context, `replay ${quoted(itemName(key))} --source fresh`)}`,
    ]);
    return EXIT.needsPerson;
  }
  const { redacted, row } = found;
  const timeline = await wayOf(context, row, commands);
  const lines = Object.entries(redacted).flatMap(([field, value]) => fieldLines(field, value));
  const way = columns(timeline.map(({ at, step, with: details }) => [at, step, textOf(details)]));
  print(json, { ...redacted, timeline }, [...lines, 'Its way:', ...way.map((line) => `  ${line}`)]);
  return EXIT.done;
}

/**
 * Finds orders, customers and SKUs by whatever a person has in hand. Answers 1 when there is none.
 *
 * @param options `personal`: an e-mail address is looked for as well
 */
export async function find(
  context: OperatorContext,
  text: string,
  { days, personal = false, json }: { days?: number; personal?: boolean; json: boolean },
): Promise<number> {
  const { matches, customers, skus, all, asEmail } = await findHits(context, text, {
    ...(personal ? { auditedAs: 'find personal' } : {}),
    ...(days === undefined ? {} : { days }),
    progress: searchProgress,
    onUnreadKey: (why) => {
      process.stderr.write(`${why}\nThe orders themselves are read now; customers are not.\n`);
    },
  });
  const lines = matches.map(({ name, by, ...row }) => [
    name,
    `by its ${by}`,
    ...summaryColumns(row as RowSummary),
  ]);
  const there = matches.length + customers.length + skus.length > 0;
  const unasked =
    asEmail === false
      ? ['An e-mail is looked for only with --personal, which stands in the audit trail.']
      : [];
  print(
    json,
    {
      text,
      ...(days === undefined ? {} : { days }),
      matches,
      customers,
      skus,
      all,
      ...(asEmail === undefined ? {} : { asEmail }),
    },
    there
      ? [
          ...columns(lines),
          ...columns(
            customers.map(({ name, by, state, changedAt }) => [name, `by its ${by}`, state, changedAt]),
          ),
          ...skus.flatMap((hit) => skuLines(context, hit)),
          ...(all ? [] : ['More orders are called so than are shown.']),
          ...unasked,
        ]
      : [
          `Nothing is known as "${text}". What changed a moment ago is noted within seconds; --days reads the orders themselves.`,
          ...unasked,
          ...context.channels.map(
            ({ platform }) =>
              `Ask ${platform.title} for it by its id there: ${command(context, `replay ${platform.name}:ID --source fresh`)}`,
          ),
        ],
  );
  return there ? EXIT.done : EXIT.needsPerson;
}

/** A SKU, the products that have it, and how to go on. */
const skuLines = (context: OperatorContext, { sku, products, changedAt }: SkuHit): string[] => [
  ...columns([[sku, 'SKU', products.length === 0 ? 'linked to no product' : '', changedAt]]),
  ...columns(
    products.map(({ platform, storeId, outletId, productId, variantId }) => [
      `  ${[platform, storeId, outletId].filter((one) => one !== undefined).join(':')}`,
      `product ${productId}`,
      `variant ${variantId}`,
    ]),
  ),
  `Its stock: ${command(context, `stock show ${quoted(sku)}`)}`,
];

/** Lists what needs review, with reason and problem. Answers 1 when anything does, for scripts. */
export async function attention(
  context: OperatorContext,
  { platform, json }: { platform?: PlatformName; json: boolean },
): Promise<number> {
  const { rows } = await reviewRows(context, platform === undefined ? {} : { platform });
  const lines = columns(
    rows.map((row) => [row.review?.at ?? '', row.order, row.review?.reason ?? '', row.review?.problem ?? '']),
  );
  print(
    json,
    { rows },
    lines.length > 0
      ? [...lines, `Read them again: ${command(context, 'replay --attention --dry-run')}`]
      : ['Nothing needs review.'],
  );
  return rows.length === 0 ? EXIT.done : EXIT.needsPerson;
}

/** Takes rows out of the list of what needs review. They stay, with their reason. */
export async function dismissRows(
  context: OperatorContext,
  names: readonly string[],
  { reason, dryRun, json }: { reason: string; dryRun: boolean; json: boolean },
): Promise<number> {
  const keys: OrderKey[] = [];
  for (const name of names) keys.push(await orderMeant(context, name, true));
  const results = await dismissOrders(context, keys, { reason, dryRun });
  print(json, { dryRun, results }, [
    ...columns(results.map(({ order, result }) => [order, result])),
    ...(dryRun ? [DRY_RUN] : []),
  ]);
  return results.some(({ result }) => result === 'not-held') ? EXIT.needsPerson : EXIT.done;
}

/** Who did what to how many, the latest first. */
export async function audit(
  context: OperatorContext,
  { limit, json }: { limit: number; json: boolean },
): Promise<number> {
  const entries = await context.entries.latest(limit);
  const lines = entries.map(({ at, who, what, state, details }) => [
    isoTime(at),
    what,
    state,
    who,
    Object.entries(details)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ]);
  print(json, { entries }, entries.length > 0 ? columns(lines) : ['Nothing was written down yet.']);
  return 0;
}

/** One line for a field; one each for the entries of a list of things. */
function fieldLines(field: string, value: unknown): string[] {
  const label = field.padEnd(14);
  if (!Array.isArray(value) || value.length < 2 || typeof value[0] !== 'object')
    return [`${label} ${textOf(value)}`];
  return value.map((one, at) => `${at === 0 ? label : ' '.repeat(label.length)} ${textOf(one)}`);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(textOf).join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${textOf(part)}`)
    .join(', ');
}
