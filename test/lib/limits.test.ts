import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { DELIVERERS, divideConcurrency } from '../../config/concurrency.ts';
import { channelsOf, type Merchant } from '../../config/merchant.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import { checkLimits } from '../../lib/limits.ts';
import { concurrencyAdvice } from '../../scripts/deploy/concurrency-advice.ts';
import { appOf, demo, merchantWith, resourcesOf, settings, stacksOf } from './assembly.ts';
import { MERCHANTS, storesOf } from './merchants.ts';

const check = (merchant: Merchant) => () => checkLimits(appOf(merchant).synth().stacks, merchant);
/** What it throws, tried once: hundreds of stores take a while. */
function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
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
    const error = thrownBy(check(merchant));

    expect(error).toBeInstanceOf(DeployError);
    expect(String(error)).toMatch(message);
  });
});

const divided = (changes: Record<string, unknown>) => {
  const merchant = merchantWith(changes);
  const channels = channelsOf(merchant);
  const { consumers, said: _, ...others } = divideConcurrency(channels, merchant);
  return {
    ...others,
    consumers: Object.fromEntries(consumers),
    advice: concurrencyAdvice(channels, merchant),
  };
};

describe('what an account may run at once', () => {
  test('is kept for receivers first; consumers get what is left', () => {
    const { nuvemshop, pedidosya } = demo.platforms;

    expect(divided({ platforms: { nuvemshop, pedidosya }, concurrentExecutions: 28 })).toEqual({
      receivers: 3,
      pollers: 0,
      reconcilers: 2,
      consumers: { nuvemshop: 3, pedidosya: 3 },
      dispatchers: 4,
      tellers: 0,
      ownSystem: 13,
      together: 28,
      advice: undefined,
    });
  });

  test('counts every function that is deployed, each as often as its event source lets it run', () => {
    const merchant = merchantWith({});
    const { consumers, dispatchers } = divideConcurrency(channelsOf(merchant), merchant);
    const bounds = resourcesOf(stacksOf(merchant), 'AWS::Lambda::EventSourceMapping').map(
      ({ Properties }) =>
        z.object({ MaximumConcurrency: z.number() }).safeParse(Properties.ScalingConfig).data,
    );

    const bounded = bounds.reduce((sum, one) => sum + (one?.MaximumConcurrency ?? 0), 0);
    const consuming = [...consumers.values()].reduce((sum, one) => sum + one, 0);
    expect(bounded).toBe(consuming + dispatchers + DELIVERERS);
    // The publisher's and the tracker's own: a stream knows no bound but its shards.
    expect(bounds.filter((one) => one === undefined)).toHaveLength(2);
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

    expect(together).toBe(30);
    expect(advice).toMatch(
      /runs 30 functions at once \(receivers 3, consumers 2 \+ 2 \+ 2, pollers 1, reconcilers 3, dispatchers 4, and 13 for the merchant's own system\)/,
    );
    expect(advice).toMatch(/L-B99A9384/);
  });

  test.each([
    ['a webhook, of a merchant with platforms that send some', {}, 'A webhook that finds no room'],
    [
      'a request of the API, of one whose platform is polled',
      { platforms: { imotriz: demo.platforms.imotriz } },
      'A request of the API that finds no room',
    ],
  ])('is said to keep out %s', (_, changes, said) => {
    expect(divided(changes).advice).toContain(said);
  });
});
