import { canonicalJson } from '../../domain/canonical-json.ts';
import type { OrderRow } from '../../domain/order-row.ts';

/** Names of what a write changes for the readers of a row: fields of the order, `personal`, `state`. Never a value. */
export function changedFields(before: OrderRow | undefined, after: OrderRow | undefined): string[] {
  if (after === undefined) return [];
  const fields = new Set([...Object.keys(before?.order ?? {}), ...Object.keys(after.order ?? {})]);
  const changed = [...fields].filter((field) => differs(fieldOf(before, field), fieldOf(after, field)));
  if (differs(before?.personal, after.personal)) changed.push('personal');
  if (before?.state !== after.state) changed.push('state');
  return changed.sort();
}

function fieldOf(row: OrderRow | undefined, field: string): unknown {
  return Object.entries(row?.order ?? {}).find(([name]) => name === field)?.[1];
}

const differs = (one: unknown, other: unknown) => canonicalJson(one) !== canonicalJson(other);
