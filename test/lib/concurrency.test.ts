import { describe, expect, test } from 'vitest';
import { channelsOf } from '../../config/merchant.ts';
import { divideConcurrency } from '../../lib/limits.ts';
import { concurrencyAdvice } from '../../scripts/deploy/concurrency-advice.ts';
import { demo, merchantWith } from './assembly.ts';

const divided = (changes: Record<string, unknown>) => {
  const merchant = merchantWith(changes);
  const channels = channelsOf(merchant);
  const { consumers, ...others } = divideConcurrency(channels, merchant);
  return {
    ...others,
    consumers: Object.fromEntries(consumers),
    advice: concurrencyAdvice(channels, merchant),
  };
};

describe('what an account may run at once', () => {
  test('is kept for receivers first; consumers get what is left', () => {
    const { nuvemshop, pedidosya } = demo.platforms;

    expect(divided({ platforms: { nuvemshop, pedidosya } })).toEqual({
      receivers: 3,
      pollers: 0,
      reconcilers: 2,
      consumers: { nuvemshop: 2, pedidosya: 2 },
      together: 9,
      advice: undefined,
    });
  });

  test('is used by more consumers when there is more of it, as far as their platforms need them', () => {
    expect(divided({ concurrentExecutions: 1000 }).consumers).toEqual({
      nuvemshop: 5,
      pedidosya: 5,
      imotriz: 2,
    });
  });

  test('is said to be too little for three platforms in a new account, with the arithmetic and the way out', () => {
    const { together, advice } = divided({});

    expect(together).toBe(13);
    expect(advice).toMatch(
      /runs 13 functions at once \(receivers 3, consumers 2 \+ 2 \+ 2, pollers 1, reconcilers 3\)/,
    );
    expect(advice).toMatch(/L-B99A9384/);
  });
});
