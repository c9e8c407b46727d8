import { describe, expect, it } from 'vitest';
import { tells } from '../../chaos/invariants/history.ts';

describe('a word of a person', () => {
  it.each([
    ['a name', '{"name":"Ana María Souza"}', 'Ana María Souza'],
    ['a number that stands by itself', '{"documentId":"17953498"}', '17953498'],
    ['a number among letters', 'customer-17953498 was read', '17953498'],
  ])('is found where a text tells it: %s', (_, text, word) => expect(tells(text, word)).toBe(true));

  it.each([
    ['at its beginning', '{"at":1795349825123}'],
    ['in its middle', '{"id":"00179534980"}'],
  ])('is not told by a longer number that has its digits %s', (_, text) =>
    expect(tells(text, '17953498')).toBe(false),
  );
});
