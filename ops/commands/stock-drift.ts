import { channelKey } from '../../functions/domain/stock/channel.ts';
import type { Unlinked } from '../../functions/domain/stock/unlinked.ts';
import { type Checked, checkAll } from '../../functions/outbound/stock/check.ts';
import { type Comparer, type Comparison, compareAll } from '../../functions/outbound/stock/compare.ts';
import { type TellsAgain, tellAgain } from '../actions/stock.ts';
import { comparerOf, type DriftRow, driftRow } from '../data/stock-drift.ts';
import { OperatorError } from '../outputs.ts';
import { columns, print } from '../print.ts';
import { shownText } from '../shown-text.ts';

export interface DriftOptions {
  /** The only one that is looked at; every one when absent. */
  readonly sku?: string | undefined;
  /** Those that are found are told again. */
  readonly repair: boolean;
  /** What the function does at night is done now. */
  readonly check: boolean;
  readonly json: boolean;
}

/**
 * Compares what the mirrored products show with what their channels were told. It changes nothing unless it is asked to.
 * Answers 1 when somebody has to look.
 */
export async function compareStock(
  context: TellsAgain,
  { sku, repair, check, json }: DriftOptions,
): Promise<number> {
  if (repair && check)
    throw new OperatorError(
      '--repair tells every channel again, --check does what the configuration says. Choose one of them.',
    );
  if (sku !== undefined && check)
    throw new OperatorError('--check looks at every SKU. Leave out the SKU, or --check.');
  const comparer = comparerOf(context, sku);
  const { comparison, checked } = check
    ? await checkNow(context, comparer)
    : { comparison: await compareAll(comparer), checked: undefined };
  const { drifted, ambiguous } = comparison;
  const unlinked = comparison.unlinked.filter(({ why }) => why !== undefined);
  const repaired = repair && drifted.length > 0;
  const rows = await Promise.all(drifted.map((one) => driftRow(comparer, one)));
  if (repaired) await tellAgain(context, drifted);
  print(
    json,
    {
      drifted: rows,
      ambiguous: ambiguous.map(({ sku, channel }) => ({ sku, channel: channelKey(channel) })),
      unlinked,
      repaired,
      ...(checked === undefined ? {} : { checked }),
    },
    [
      ...driftLines(rows, comparison.skus),
      ...ambiguous.map(
        ({ sku, channel }) =>
          `${sku} is the SKU of several products of ${channelKey(channel)}: none of them is told anything.`,
      ),
      ...unlinked.map(({ sku, why }) => `${sku}: ${unlinkedText(why)}`),
      ...endLines(rows.length, repaired, checked),
    ],
  );
  return drifted.length + ambiguous.length + unlinked.length === 0 ? 0 : 1;
}

async function checkNow({ audited, stock }: TellsAgain, comparer: Comparer) {
  let comparison: Comparison | undefined;
  const checked = await audited('stock check', {}, async () => {
    const done = await checkAll(comparer);
    comparison = done.comparison;
    await stock.sendHints();
    return { ...done.checked };
  });
  return { comparison: comparison ?? (await compareAll(comparer)), checked };
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

function endLines(found: number, repaired: boolean, checked: Checked | undefined): string[] {
  if (checked !== undefined)
    return [
      `${checked.repaired} channels are told again, ${checked.adopted} numbers are adopted, ${checked.left} are left to a person.`,
    ];
  if (found === 0) return [];
  return [repaired ? 'All of them are told again.' : 'stock drift --repair tells them again.'];
}
