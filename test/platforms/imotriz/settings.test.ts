import { describe, expect, it } from 'vitest';
import { imotriz } from '../../../functions/platforms/imotriz/platform.ts';

describe('the settings', () => {
  it.each([
    ['no store', []],
    ['two stores of one id', ['main', 'main']],
    ['ids that differ in no letter or digit, so that outputs would have one name', ['co-main', 'co_main']],
  ])('are refused with %s', (_, ids) => {
    const stores = ids.map((storeId) => ({ country: 'co', storeId }));

    expect(imotriz.settings().safeParse({ stores }).success).toBe(false);
  });
});
