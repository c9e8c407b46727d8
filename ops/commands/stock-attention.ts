import { needsPerson } from '../../functions/domain/stock/drift.ts';
import type { Sku } from '../../functions/domain/stock/sku.ts';
import { mapConcurrent } from '../../functions/pipeline/map-concurrent.ts';
import type { StockItem } from '../../functions/storage/stock-item.ts';
import type { OperatorContext } from '../context.ts';
import { columns, print } from '../print.ts';
import { shownText } from './stock.ts';
import { unlinkedText } from './stock-drift.ts';

/** Why somebody has to look at a SKU. */
interface Reason {
  readonly sku: string;
  readonly kind: 'refused' | 'drift' | 'unlinked' | 'ambiguous' | 'in-doubt';
  /** The channel, or the catalogue where the products are; none where the SKU itself is odd. */
  readonly where: string;
  readonly text: string;
}

const AT_ONCE = 8;

/** Lists the SKUs that wait for a person, with the reason. Answers 1 when there is any. */
export async function listStockInReview(
  { stock: { index, store } }: { stock: Pick<OperatorContext['stock'], 'index' | 'store'> },
  { json }: { json: boolean },
): Promise<number> {
  const found: Reason[] = [];
  for await (const skus of index.needsReview())
    await mapConcurrent(AT_ONCE, skus, async (sku) => {
      const item = await store.get(sku);
      if (item === undefined) return;
      const { moves } = await store.read(sku);
      found.push(...reasonsOf(item), ...doubtsOf(sku, moves));
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

/** What was sold elsewhere, and nobody can tell whether it is off the number of the platform that counts. */
const doubtsOf = (sku: string, moves: Sku['moves']): Reason[] =>
  Object.entries(moves)
    .filter(([, { state }]) => state === 'in-doubt')
    .map(([line, { place }]) => ({
      sku,
      kind: 'in-doubt',
      where: place,
      text: `nobody can tell whether line ${line} is off its number; settle it`,
    }));

function reasonsOf({ sku, rejected, pricing, drifted, unlinked, links }: StockItem): Reason[] {
  const refusals = [...Object.entries(rejected), ...Object.entries(pricing?.rejected ?? {})];
  return [
    ...refusals.map(([where, { reason: text }]): Reason => ({ sku, kind: 'refused', where, text })),
    ...Object.entries(drifted ?? {})
      .filter(([, one]) => needsPerson(one))
      .map(([where, { seen, review }]): Reason => {
        const told = review === undefined ? '' : ', although it was told again';
        return { sku, kind: 'drift', where, text: `it shows ${shownText(seen, undefined)}${told}` };
      }),
    ...(unlinked === undefined
      ? []
      : [{ sku, kind: 'unlinked' as const, where: '', text: unlinkedText(unlinked) }]),
    ...Object.entries(links)
      .filter(([, products]) => products.length > 1)
      .map(([where, products]): Reason => {
        const names = products.map(({ productId, variantId }) => `${productId}/${variantId}`).join(', ');
        return { sku, kind: 'ambiguous', where, text: `several products have it: ${names}` };
      }),
  ];
}
