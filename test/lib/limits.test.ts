import { describe, expect, test } from 'vitest';
import type { Merchant } from '../../config/merchant.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import { checkLimits } from '../../lib/limits.ts';
import { appOf, merchantWith, settings } from './assembly.ts';
import { MERCHANTS, storesOf } from './merchants.ts';

const check = (merchant: Merchant) => () => checkLimits(appOf(merchant).synth().stacks, merchant);
const [chain] = settings.pedidosya.chains;
const chains = (count: number): Merchant =>
  merchantWith({
    platforms: {
      pedidosya: {
        chains: Array.from({ length: count }, (_, index) => ({ ...chain, chainId: `chain-${index}` })),
      },
    },
  });

test.each(MERCHANTS)('AWS takes what %s asks for', (_, merchant) => {
  expect(check(merchant)).not.toThrow();
});

describe('what AWS does not take is said before anything is deployed, with the key of the configuration', () => {
  test.each([
    ['variables of a function', storesOf(40), /environment.*bytes \(platforms\.imotriz\.stores has 40\)/],
    ['outputs of a stack', chains(120), /its outputs: \d+, .* 200 \(platforms\.pedidosya\.chains has 120\)/],
    ['resources of a stack', storesOf(300), /its resources: .* 500 \(platforms\.imotriz\.stores has 300\)/],
    [
      'the text of an alarm',
      merchantWith({ runbookUrl: `https://example.com/${'x'.repeat(800)}` }),
      /AlarmDescription: 1,\d{3}, .* 1,024 characters \(runbookUrl, name\)/,
    ],
  ])('%s', (_, merchant, message) => {
    expect(check(merchant)).toThrow(DeployError);
    expect(check(merchant)).toThrow(message);
  });
});
