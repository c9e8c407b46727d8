import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failedItems } from '../../local/cloud/functions/reported-failures.ts';

describe('the failures a handler reports', () => {
  const batch = [{ id: 'a' }, { id: 'b' }];
  const all = new Set(['a', 'b']);

  it.each([
    ['nothing', undefined, new Set()],
    ['null', null, new Set()],
    ['an empty list', { batchItemFailures: [] }, new Set()],
    ['no list', {}, new Set()],
    ['a null list', { batchItemFailures: null }, new Set()],
    ['one', { batchItemFailures: [{ itemIdentifier: 'b' }] }, new Set(['b'])],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, all],
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] }, all],
    ['a wrong key', { batchItemFailures: [{ id: 'a' }] }, all],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }, all],
    ['text', 'oops', all],
    ['a list that is none', { batchItemFailures: 'a' }, all],
  ])('%s', (_, payload, expected) => {
    expect(failedItems(payload, batch)).toEqual(expected);
  });

  it('never name a message outside the batch, whatever the answer', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        for (const id of failedItems({ batchItemFailures: payload }, batch)) expect(all).toContain(id);
      }),
    );
  });
});
