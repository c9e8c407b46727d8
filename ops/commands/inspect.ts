import type { PlatformName } from '../../functions/domain/order.ts';
import { isoTime } from '../../functions/domain/time.ts';
import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import { selectRows } from '../../functions/pipeline/replay/select.ts';
import type { OperatorContext } from '../context.ts';
import { orderKeyOf } from '../order-name.ts';
import { columns, print } from '../print.ts';

/** Where is my order: its row without the person, how it came, and what is kept of it. */
export async function show(
  context: OperatorContext,
  name: string,
  { json }: { json: boolean },
): Promise<number> {
  const key = orderKeyOf(name, context.stores);
  const { orders, raws } = context.storeOf(key);
  const row = await orders.get(key);
  if (row === undefined) {
    print(json, { order: name, found: false }, [
      `${name} is not in the table. Runbook, "An order is missing": did its webhook come, and what became of it?`,
    ]);
    return 1;
  }
  const redacted = redactedRow(row, await raws.list(key));
  const lines = Object.entries(redacted).map(([field, value]) => `${field.padEnd(14)} ${textOf(value)}`);
  print(json, redacted, lines);
  return 0;
}

/** Lists what needs review, with reason and problem. */
export async function attention(
  context: OperatorContext,
  { platform, json }: { platform?: PlatformName; json: boolean },
): Promise<number> {
  const filter = { state: 'needs-review', ...(platform === undefined ? {} : { platform }) } as const;
  const rows = (await selectRows(context, context.stores, filter)).map((row) => redactedRow(row));
  const lines = columns(
    rows.map((row) => [row.review?.at ?? '', row.order, row.review?.reason ?? '', row.review?.problem ?? '']),
  );
  print(json, { rows }, lines.length > 0 ? lines : ['Nothing needs review.']);
  return 0;
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

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(textOf).join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${textOf(part)}`)
    .join(', ');
}
