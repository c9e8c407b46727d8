import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSpan, cutSpan, newestSlice, type Span } from '../../functions/domain/time-ranges.ts';

const span = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
  .map(([from, length]): Span => ({ from, to: from + length }));
const list = fc.array(span, { maxLength: 8 }).map((some) => some.reduce(addSpan, [] as Span[]));

/** The half-open unit cells that spans cover: borders are shared, what lies between them is not. */
const cells = (spans: readonly Span[]): Set<number> =>
  new Set(spans.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)));

describe('spans', () => {
  it('are a set: adding joins, cutting takes away, and they stay sorted and apart', () => {
    fc.assert(
      fc.property(list, span, (spans, one) => {
        const added = addSpan(spans, one);
        const cut = cutSpan(spans, one);

        expect(cells(added)).toEqual(cells([...spans, one]));
        expect([...cells(cut)]).toEqual([...cells(spans)].filter((cell) => !cells([one]).has(cell)));
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
      fc.property(list, fc.integer({ min: 1, max: 30 }), (spans, longest) => {
        const seen = new Set<number>();
        let left = spans;
        for (let slice = newestSlice(left, longest); slice; slice = newestSlice(left, longest)) {
          expect(slice.to).toBe(left.at(-1)?.to);
          expect(slice.to - slice.from).toBeLessThanOrEqual(longest);
          for (const cell of cells([slice])) seen.add(cell);
          left = cutSpan(left, slice);
        }
        expect(seen).toEqual(cells(spans));
      }),
    );
  });
});
