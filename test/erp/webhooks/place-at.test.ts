import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeAt } from '../../../functions/erp/webhooks/place-at.ts';
import { EPOCH, event, listedFeed } from './bench.ts';

const at = (ms: number) => new Date(ms).toISOString();

it('the place of a time is before the first event from then on', async () => {
  const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(times, fc.integer({ min: -1, max: 51 }), async (ms, from) => {
      const feed = listedFeed();
      const sorted = ms.toSorted((one, other) => one - other);
      feed.events = sorted.map((one, index) => event(index + 1, 'a', { at: at(one) }));

      const { epoch, seq } = await placeAt(feed, from);

      expect(epoch).toBe(EPOCH);
      expect(seq).toBe(sorted.filter((one) => one < from).length);
    }),
  );
});
