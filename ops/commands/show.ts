import { redactedRow } from '../../functions/pipeline/replay/redacted-row.ts';
import type { OperatorContext } from '../desk.ts';
import { orderKeyOf } from '../order-name.ts';
import { print } from '../print.ts';

/** Where is my order: its row without the person, how it came, and what is kept of it. */
export async function show(
  context: OperatorContext,
  name: string,
  { json }: { json: boolean },
): Promise<number> {
  const key = orderKeyOf(name, context.stores);
  const row = await context.orders.get(key);
  if (row === undefined) {
    print(json, { order: name, found: false }, [
      `${name} is not in the table. Runbook, "An order is missing": did its webhook come, and what became of it?`,
    ]);
    return 1;
  }
  const masked = redactedRow(row, await context.raws.list(key));
  const lines = Object.entries(masked).map(([field, value]) => `${field.padEnd(14)} ${textOf(value)}`);
  print(json, masked, lines);
  return 0;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(textOf).join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${textOf(part)}`)
    .join(', ');
}
