import type { CommandInput } from '../../../domain/command-inputs.ts';
import type { ItemUpdate } from '../client/order-update.ts';
import { type CartLine, picked } from './cart.ts';
import { addProduct, type Changed, changeLine, type Unpriced } from './cart-changes.ts';

/** A whole cart with the changes in it; lines that are new wait for their price. */
export type Draft =
  | { readonly ok: true; readonly changed: boolean; readonly items: readonly (ItemUpdate | Unpriced)[] }
  | { readonly ok: false; readonly reason: string };

/** Puts changes into a cart, and says whether anything of it is different from what is shown. */
export function draftCart(
  lines: readonly CartLine[],
  { lines: changes, added }: CommandInput<'items'>,
): Draft {
  const unknown = changes.find(({ line }) => !lines.some(({ id }) => id === line));
  if (unknown !== undefined) {
    const ids = lines.map(({ id }) => id).join(', ');
    return { ok: false, reason: `The order has no line ${unknown.line}. Its lines are ${ids}.` };
  }
  const parts = lines.map((line) => {
    const change = changes.find((one) => one.line === line.id);
    return { line, verdict: change === undefined ? undefined : changeLine(line, change, lines) };
  });
  const additions = added.map((product) => addProduct(product, lines));
  const verdicts = [...parts.flatMap(({ verdict }) => verdict ?? []), ...additions];
  const refusal = verdicts.find((verdict) => verdict.is === 'refused');
  if (refusal !== undefined) return { ok: false, reason: refusal.reason };
  const again = additions.flatMap((verdict) => (verdict.is === 'sent' ? [verdict.item] : []));
  const items = parts.flatMap(({ line, verdict }) => linesOf(line, verdict, again));
  return {
    ok: true,
    changed: verdicts.some(({ is }) => is !== 'shown'),
    items: [...items, ...additions.flatMap((verdict) => (verdict.is === 'new' ? [verdict.unpriced] : []))],
  };
}

/** @param again products that were added before, with another quantity now */
function linesOf(
  line: CartLine,
  verdict: Changed | undefined,
  again: readonly ItemUpdate[],
): (ItemUpdate | Unpriced)[] {
  if (verdict?.is === 'sent')
    return verdict.unpriced === undefined ? [verdict.item] : [verdict.item, verdict.unpriced];
  return [again.find(({ _id }) => _id !== undefined && _id === line.asShown._id) ?? picked(line)];
}
