import type { StockChannel } from '../../functions/domain/stock/channel.ts';
import { withMove } from '../../functions/domain/stock/mastered.ts';
import { type Move, made, notMade, presumedUntil } from '../../functions/domain/stock/move.ts';
import { claimKey, type Sku } from '../../functions/domain/stock/sku.ts';
import { isoTime } from '../../functions/domain/time.ts';
import type { OperatorContext } from '../context.ts';
import { OperatorError } from '../outputs.ts';
import { print, printDryRun } from '../print.ts';

/** What a line of an order takes from a master's number, as `stock show --json` prints it. */
interface ShownMove extends Pick<Move, 'order' | 'place' | 'wanted' | 'taken' | 'state'> {
  /** As `stock settle` takes it. */
  readonly line: string;
  /** Only a look at the number says that the last change was made: what it added, units, and times as ISO UTC. */
  readonly presumed?: { readonly change: number; readonly askedAt: string; readonly until: string };
  /** Why the platform refused the change. */
  readonly refused?: string;
}

export function shownMove(move: Move): ShownMove {
  const { order, place, wanted, taken, state, presumed, refused } = move;
  const until = presumedUntil(move);
  return {
    line: claimKey(move),
    order,
    place,
    wanted,
    taken,
    state,
    ...(presumed === undefined || until === undefined
      ? {}
      : {
          presumed: {
            change: presumed.call.change,
            askedAt: isoTime(presumed.call.at),
            until: isoTime(until),
          },
        }),
    ...(refused === undefined ? {} : { refused: refused.reason }),
  };
}

/** The same, in words. */
export const moveText = (move: Move): string => {
  const { line, place, wanted, taken, state, refused, presumed } = shownMove(move);
  const why = refused === undefined ? '' : `: ${refused}`;
  const until =
    presumed === undefined
      ? ''
      : `; presumed, because no answer came and the number looked so: a sale of the platform's own that comes in by ${presumed.until} may take it back`;
  return `${line} takes ${wanted} from ${place}, ${taken} taken so far: ${state}${why}${until}`;
};

/** How many units of what a channel sells are only presumed to have been taken, or given back. */
export const presumedUnits = (moves: readonly Move[], { sells }: Pick<StockChannel, 'sells'>): number =>
  moves
    .filter(({ place }) => sells.includes(place))
    .reduce((sum, { presumed }) => sum + Math.abs(presumed?.call.change ?? 0), 0);

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
