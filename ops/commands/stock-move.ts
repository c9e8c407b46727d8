import { withMove } from '../../functions/domain/stock/mastered.ts';
import { type Move, made, notMade } from '../../functions/domain/stock/move.ts';
import { claimKey, type Sku } from '../../functions/domain/stock/sku.ts';
import type { OperatorContext } from '../context.ts';
import { OperatorError } from '../outputs.ts';
import { print, printDryRun } from '../print.ts';

/** What is to be taken from a master's number, or given back, in words. */
export const moveText = (move: Move): string => {
  const { place, wanted, taken, state, refused } = move;
  const why = refused === undefined ? '' : `: ${refused.reason}`;
  return `${claimKey(move)} takes ${wanted} from ${place}, ${taken} taken so far: ${state}${why}`;
};

/** A person says whether a platform made a change of its number that nobody can tell. Answers 1 where nothing is in doubt. */
export async function settleMove(
  context: Pick<OperatorContext, 'stock' | 'audited'>,
  { sku, line }: { sku: string; line: string },
  { verdict, dryRun, json }: { verdict: 'made' | 'again'; dryRun: boolean; json: boolean },
): Promise<number> {
  const { store, settings, clock, sendHints } = context.stock;
  const isInDoubt = (known: Sku) => known.moves[line]?.state === 'in-doubt';
  const known = await store.read(sku);
  if (!isInDoubt(known)) {
    const found = Object.values(known.moves);
    print(json, { sku, line, settled: false }, [
      `Nothing is in doubt of line "${line}" of "${sku}".`,
      ...found.map(moveText),
    ]);
    return 1;
  }
  if (dryRun)
    return printDryRun(
      json,
      { sku, line, verdict },
      verdict === 'made'
        ? `Line "${line}" would count as taken from the platform's number of "${sku}".`
        : `Line "${line}" would be taken from the platform's number of "${sku}" once more.`,
    );
  await context.audited('stock settle', { sku, line, verdict }, async () => {
    await store.update(sku, (before) => {
      const move = before.moves[line];
      if (move === undefined || !isInDoubt(before)) return before;
      const next = verdict === 'made' ? made(move, undefined) : notMade(move);
      return withMove(before, next, settings, clock.now());
    });
    await sendHints();
    return {};
  });
  print(json, { sku, line, settled: true, verdict }, [
    verdict === 'made'
      ? `The platform's number of "${sku}" has line "${line}" now.`
      : `Line "${line}" is taken from the platform's number of "${sku}" once more.`,
  ]);
  return 0;
}

/** @throws OperatorError unless exactly one of them is said */
export function verdictOf({ made: isMade, again }: { made?: true; again?: true }): 'made' | 'again' {
  if (isMade !== again) return isMade === true ? 'made' : 'again';
  throw new OperatorError(
    "Say --made if the platform's panel shows that its number was changed, or --again if it was not.",
  );
}
