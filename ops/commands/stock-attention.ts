import type { OperatorContext } from '../context.ts';
import { type StockReason, stockInReview } from '../data/stock.ts';
import { columns, print } from '../print.ts';
import { shownText } from '../shown-text.ts';
import { unlinkedText } from './stock-drift.ts';

/** Lists the SKUs that wait for a person, with the reason. Answers 1 when there is any. */
export async function listStockInReview(
  { stock }: { stock: Pick<OperatorContext['stock'], 'index' | 'store' | 'settings'> },
  { json }: { json: boolean },
): Promise<number> {
  const { reasons } = await stockInReview(stock);
  const found = reasons.map((reason) => {
    const { sku, kind, where } = reason;
    return { sku, kind, where, text: reasonText(reason) };
  });
  print(
    json,
    { skus: found },
    found.length === 0
      ? ['No SKU waits for a person.']
      : columns([
          ['SKU', 'KIND', 'WHERE', 'REASON'],
          ...found.map(({ sku, kind, where, text }) => [sku, kind, where, text]),
        ]),
  );
  return found.length === 0 ? 0 : 1;
}

function reasonText(reason: StockReason): string {
  switch (reason.kind) {
    case 'refused':
      return reason.reason;
    case 'drift':
      return `it shows ${shownText(reason.seen, undefined)}${reason.toldAgain ? ', although it was told again' : ''}`;
    case 'unlinked':
      return unlinkedText(reason.why);
    case 'ambiguous':
      return `several products have it: ${reason.products.join(', ')}`;
    case 'in-doubt':
      return `nobody can tell whether line ${reason.line} is off its number; settle it`;
  }
}
