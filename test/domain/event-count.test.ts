import { describe, expect, it } from 'vitest';
import { counted } from '../../functions/domain/event-count.ts';
import { rowOf } from '../storage/samples.ts';

describe('the count of events of a row', () => {
  const before = rowOf('1', { eventCount: 3, version: 2 });

  it.each([
    ['is new', undefined, rowOf('1'), 1],
    ['has other content', before, { ...before, version: 3 }, 4],
    ['needs review now', before, { ...before, state: 'needs-review' as const }, 4],
    [
      'lost its person',
      before,
      { ...before, erased: { at: 1, because: 'operator' as const, request: 'r' } },
      4,
    ],
    ['was seen again with the same content', before, { ...before, revision: 9, observedAt: 1 }, 3],
    ['was made anew by the merge, which knows no count', before, rowOf('1', { version: 2 }), 3],
    ['changes and was never counted', rowOf('1'), rowOf('1', { version: 2 }), 1],
    ['stays and was never counted', rowOf('1'), rowOf('1'), undefined],
  ])('of a row that %s', (_, current, row, count) => {
    expect(counted(row, current).eventCount).toBe(count);
  });
});
