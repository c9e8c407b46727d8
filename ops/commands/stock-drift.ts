import { channelKey } from '../../functions/domain/stock/channel.ts';
import type { Unlinked } from '../../functions/domain/stock/unlinked.ts';
import { type Checked, checkAll } from '../../functions/outbound/stock/check.ts';
import { type Comparer, type Comparison, compareAll } from '../../functions/outbound/stock/compare.ts';
import { followMissed } from '../../functions/outbound/stock/follow-missed.ts';
import { OwnError } from '../../functions/runtime/describe-error.ts';
import type { StockStore } from '../../functions/storage/stock.ts';
import { type TellsAgain, tellAgain } from '../actions/stock.ts';
import type { OperatorContext } from '../context.ts';
import { comparerOf, type DriftRow, driftRow } from '../data/stock-drift.ts';
import { EXIT } from '../exit.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print, printDryRun } from '../print.ts';
import { shownText } from '../shown-text.ts';
import { nothingKnownOf } from './stock.ts';

/** What comparing needs, and doing all that is done at night. */
type ChecksStock = TellsAgain &
  Pick<OperatorContext, 'productIndex'> & { readonly stock: Pick<OperatorContext['stock'], 'skus'> };

export interface DriftOptions {
  /** The only one that is looked at; every one when absent. */
  readonly sku?: string | undefined;
  /** Those that are found are told again. */
  readonly repair: boolean;
  /** What the function does at night is done now. */
  readonly check: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/**
 * Compares what the mirrored products show with what their channels were told. It changes nothing unless it is asked to.
 * Answers 1 when somebody has to look, but for a dry run.
 */
export async function compareStock(
  context: ChecksStock,
  { sku, repair, check, dryRun, json }: DriftOptions,
): Promise<number> {
  if (repair && check)
    throw new OperatorError(
      '--repair tells every channel again, --check does what the configuration says. Choose one of them.',
    );
  if (sku !== undefined && check)
    throw new OperatorError('--check looks at every SKU. Leave out the SKU, or --check.');
  if (sku !== undefined && (await context.stock.store.get(sku)) === undefined)
    throw new OperatorError(nothingKnownOf(sku), EXIT.needsPerson);
  const comparer = comparerOf(context, sku);
  const { comparison, checked } = check
    ? await (dryRun ? planCheck(context, comparer) : checkNow(context, comparer))
    : { comparison: await compareAll(comparer), checked: undefined };
  const { drifted, ambiguous } = comparison;
  const unlinked = comparison.unlinked.filter(({ why }) => why !== undefined);
  const repaired = repair && drifted.length > 0;
  const rows = await Promise.all(drifted.map((one) => driftRow(comparer, one)));
  const result = {
    drifted: rows,
    ambiguous: ambiguous.map(({ sku, channel }) => ({ sku, channel: channelKey(channel) })),
    unlinked,
    repaired,
    ...(checked === undefined ? {} : { checked }),
  };
  const lines = [
    ...driftLines(rows, comparison.skus),
    ...ambiguous.map(
      ({ sku, channel }) =>
        `${sku} is the SKU of several products of ${channelKey(channel)}: none of them is told anything.`,
    ),
    ...unlinked.map(({ sku, why }) => `${sku}: ${unlinkedText(why)}`),
    ...endLines(rows.length, { repaired, checked, dryRun }),
  ];
  if (dryRun) return printDryRun(json, result, ...lines);
  if (repaired) await tellAgain(context, drifted);
  print(json, result, lines);
  return drifted.length + ambiguous.length + unlinked.length === 0 ? 0 : 1;
}

async function checkNow({ audited, stock, productIndex }: ChecksStock, comparer: Comparer) {
  let comparison: Comparison | undefined;
  const checked = await audited('stock check', {}, async () => {
    const { followed } = await followMissed({ ...comparer, skus: stock.skus, productIndex });
    const done = await checkAll(comparer);
    comparison = done.comparison;
    await stock.sendHints();
    return { ...done.checked, followed };
  });
  return { comparison: comparison ?? (await compareAll(comparer)), checked };
}

/** What a check would come to: every change is worked out, and none is written. */
function planCheck({ stock }: TellsAgain, comparer: Comparer) {
  const { get, read } = stock.store;
  const update: StockStore['update'] = async (sku, change) => {
    const item = await get(sku);
    if (item === undefined) throw new OwnError(`nothing is known of the SKU ${sku} any more`);
    return { ...item, ...change(await read(sku)) };
  };
  return checkAll({ ...comparer, stock: { get, update } });
}

const driftLines = (rows: readonly DriftRow[], skus: number): string[] =>
  rows.length === 0
    ? [`Every channel shows what it was told, as far as the mirrored products of ${skus} SKUs say.`]
    : columns([
        ['SKU', 'CHANNEL', 'SHOULD SHOW', 'SHOWS', 'TOLD AGAIN'],
        ...rows.map(({ sku, channel, wanted, seen, repairs, review }) => [
          sku,
          channel,
          shownText(wanted, undefined),
          shownText(seen, undefined),
          `${repairs} times${review ? ', in vain: look at the platform' : ''}`,
        ]),
      ]);

export const unlinkedText = (why: Unlinked | undefined): string =>
  why === 'no-product'
    ? 'no channel has a product with this SKU. Look at how it is written there and in your own system.'
    : 'orders take it, and nobody said how many there are. Send its number, or say in "stock.kits" what is in it.';

interface Ended {
  repaired: boolean;
  checked: Checked | undefined;
  dryRun: boolean;
}

function endLines(found: number, { repaired, checked, dryRun }: Ended): string[] {
  const become = dryRun ? 'would be' : 'are';
  if (checked !== undefined)
    return [
      `${checked.repaired} channels ${become} told again, ${checked.adopted} numbers ${become} adopted, ${checked.left} ${become} left to a person.`,
      ...(checked.marked === 0
        ? []
        : [`${checked.marked} SKUs ${become} told because the configuration was changed.`]),
    ];
  if (found === 0) return [];
  if (dryRun) return repaired ? ['All of them would be told again.'] : [];
  return [repaired ? 'All of them are told again.' : 'stock drift --repair tells them again.'];
}
