import { describe, expect, it } from 'vitest';
import { bytesAsSent, MOST_ANSWERED_BYTES } from '../../../functions/erp/api/answer-size.ts';
import { takeWhileRoom } from '../../../functions/erp/api/routes/changed-rows.ts';

describe('a page of rows', () => {
  it.each([
    ['quotes, as HTML has them', '"'.repeat(60_000)],
    ['letters of three bytes', '\u20ac'.repeat(60_000)],
  ])('holds no more than an answer takes as it is sent, also of %s', async (_, description) => {
    const page: object[] = [];

    const { taken } = await takeWhileRoom(
      Array.from({ length: 100 }, (__, id) => id),
      async (id) => ({ id, description }),
      (row) => {
        page.push(row);
        return row;
      },
    );

    expect(taken).toBe(page.length);
    expect(taken).toBeGreaterThan(10);
    expect(bytesAsSent({ items: page })).toBeLessThan(MOST_ANSWERED_BYTES);
  });
});
