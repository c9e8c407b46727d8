/** Looks at a smaller schedule; true when it still fails the same way. */
export type StillFails = (parts: readonly string[]) => Promise<boolean>;

/**
 * The shortest schedule that it can find within `budget` trials: halves first, then smaller pieces, then single parts (delta
 * debugging after Zeller). The parts given must fail.
 */
export async function shrink(parts: readonly string[], fails: StillFails, budget: number): Promise<string[]> {
  let kept = [...parts];
  let left = budget;
  let pieces = 2;
  while (kept.length > 1 && left > 0) {
    const size = Math.ceil(kept.length / pieces);
    let smaller: string[] | undefined;
    for (let from = 0; from < kept.length && left > 0 && smaller === undefined; from += size) {
      const without = [...kept.slice(0, from), ...kept.slice(from + size)];
      left -= 1;
      if (await fails(without)) smaller = without;
    }
    if (smaller !== undefined) {
      kept = smaller;
      pieces = Math.max(2, pieces - 1);
    } else if (size === 1) break;
    else pieces = Math.min(kept.length, pieces * 2);
  }
  return kept;
}
