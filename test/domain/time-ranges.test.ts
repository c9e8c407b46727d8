import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestSlice, subtract, type TimeRange, union } from '../../functions/domain/time.ts';

const range = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
  .map(([from, length]): TimeRange => ({ from, to: from + length }));
const list = fc.array(range, { maxLength: 8 }).map((some) => some.reduce(union, [] as TimeRange[]));

/** The half-open unit cells that spans cover: borders are shared, what lies between them is not. */
const cells = (ranges: readonly TimeRange[]): Set<number> =>
  new Set(ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)));

describe('spans', () => {
  it('are a set: adding joins, cutting takes away, and they stay sorted and apart', () => {
    fc.assert(
      fc.property(list, range, (ranges, one) => {
        const added = union(ranges, one);
        const cut = subtract(ranges, one);

        expect(cells(added)).toEqual(cells([...ranges, one]));
        expect([...cells(cut)]).toEqual([...cells(ranges)].filter((cell) => !cells([one]).has(cell)));
        for (const result of [added, cut]) {
          for (const [index, { from, to }] of result.entries()) {
            expect(from).toBeLessThan(to);
            expect(from).toBeGreaterThanOrEqual(result[index - 1]?.to ?? 0);
          }
        }
      }),
    );
  });

  it('are used up by their newest slices, whatever their length', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 30 }), (ranges, longest) => {
        const seen = new Set<number>();
        let left = ranges;
        for (let slice = newestSlice(left, longest); slice; slice = newestSlice(left, longest)) {
          expect(slice.to).toBe(left.at(-1)?.to);
          expect(slice.to - slice.from).toBeLessThanOrEqual(longest);
          for (const cell of cells([slice])) seen.add(cell);
          left = subtract(left, slice);
        }
        expect(seen).toEqual(cells(ranges));
      }),
    );
  });
});
