import { describe, expect, it } from 'vitest';
import { channelKey, type StockChannel } from '../../../functions/domain/stock/channel.ts';
import { catalogueKey, type Links } from '../../../functions/domain/stock/links.ts';
import {
  chargedBy,
  EVERYWHERE,
  type Pricing,
  pricesAnswered,
  pricesMarked,
  withWanted,
} from '../../../functions/domain/stock/pricing.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const web: StockChannel = {
  platform: 'web',
  storeId: 's',
  sells: ['main'],
  buffer: 0,
  shows: 'number',
  charges: ['price', 'promotionalPrice', 'cost'],
};
const app: StockChannel = { ...web, platform: 'app', shows: 'on-off', charges: ['price'] };
const counter: StockChannel = { ...web, platform: 'counter', shows: 'nothing', charges: [] };
const RULES = { channels: [web, app, counter] };
const linked = (...ids: string[]) => ids.map((id) => ({ productId: id, variantId: id }));
const LINKS: Links = Object.fromEntries(RULES.channels.map((one) => [catalogueKey(one), linked('p')]));
const ars = (price: number, more: object = {}) => ({
  prices: { currency: 'ARS', price, ...more },
  asOf: NOW,
});

const everywhere = withWanted(undefined, EVERYWHERE, ars(1000, { promotionalPrice: 800, cost: 500 })).pricing;
const marksOf = (pricing: Pricing, links = LINKS) =>
  Object.keys(pricesMarked(pricing, links, RULES, NOW)?.marks ?? {});

describe('what a channel charges', () => {
  it('is as much of what is wanted as its platform can be told', () => {
    expect(RULES.channels.map((channel) => chargedBy(everywhere, channel))).toEqual([
      { currency: 'ARS', price: 1000, promotionalPrice: 800, cost: 500 },
      { currency: 'ARS', price: 1000 },
      undefined,
    ]);
  });

  it('is what is wanted of its platform, and else what is wanted everywhere', () => {
    const { pricing } = withWanted(everywhere, 'app', ars(1300));

    expect([web, app].map((channel) => chargedBy(pricing, channel)?.price)).toEqual([1000, 1300]);
  });

  it('is the price of everywhere beside a promotion that is of its platform alone', () => {
    const plain = withWanted(undefined, EVERYWHERE, ars(1000)).pricing;
    const promoted = { prices: { currency: 'ARS', promotionalPrice: 800 }, asOf: NOW };
    const { pricing } = withWanted(plain, 'web', promoted);

    const dearer = withWanted(pricing, EVERYWHERE, { ...ars(1200), asOf: NOW + 1 }).pricing;

    expect(chargedBy(dearer, web)).toEqual({ currency: 'ARS', price: 1200, promotionalPrice: 800 });
  });

  it('has no promotion of everywhere beside a price that is of its platform alone', () => {
    const { pricing } = withWanted(everywhere, 'web', ars(1300));

    expect(chargedBy(pricing, web)).toEqual({ currency: 'ARS', price: 1300 });
  });

  it('is nothing of everywhere in another currency than that of its platform', () => {
    const promoted = { prices: { currency: 'BRL', promotionalPrice: 80 }, asOf: NOW };

    const { pricing } = withWanted(everywhere, 'web', promoted);

    expect(chargedBy(pricing, web)).toEqual(promoted.prices);
  });

  it('is told to every channel with one product of the SKU, and to none with two', () => {
    const twins = { ...LINKS, [catalogueKey(web)]: linked('p', 'q') };

    expect(marksOf(everywhere)).toEqual([web, app].map(channelKey));
    expect(marksOf(everywhere, twins)).toEqual([channelKey(app)]);
  });

  it('is not told where the product is sold in another currency, and stands as refused once', () => {
    const abroad = { ...LINKS, [catalogueKey(app)]: [{ productId: 'p', variantId: 'p', currency: 'UYU' }] };

    const first = pricesMarked(everywhere, abroad, RULES, NOW);
    const again = pricesMarked(first, abroad, RULES, NOW + 1);

    expect(marksOf(everywhere, abroad)).toEqual([channelKey(web)]);
    expect(first?.rejected).toEqual({
      [channelKey(app)]: {
        prices: { currency: 'ARS', price: 1000 },
        at: NOW,
        reason:
          'The product is sold in UYU, and these prices are in ARS. Send prices of this platform with "platform".',
      },
    });
    expect(again?.rejected).toEqual(first?.rejected);
  });

  it('is told once its platform has prices in the currency of its product', () => {
    const abroad = { ...LINKS, [catalogueKey(app)]: [{ productId: 'p', variantId: 'p', currency: 'UYU' }] };
    const refused = pricesMarked(everywhere, abroad, RULES, NOW);
    const own = { prices: { currency: 'UYU', price: 40 }, asOf: NOW };

    const { pricing } = withWanted(refused, 'app', own);

    expect(marksOf(pricing, abroad)).toEqual([web, app].map(channelKey));
  });

  it('is told once, and again where nobody knows', () => {
    const answered = (outcome: 'taken' | 'unsure', before: Pricing) =>
      pricesAnswered(before, channelKey(app), {
        prices: { currency: 'ARS', price: 1000 },
        at: NOW,
        answer: { outcome },
      });
    const taken = answered('taken', everywhere);

    expect(marksOf(taken)).toEqual([channelKey(web)]);
    expect(marksOf(answered('unsure', taken))).toEqual([web, app].map(channelKey));
  });

  it('is known of channels that are configured, and of no other', () => {
    const answer = { outcome: 'refused' as const, reason: 'No.' };
    const prices = { currency: 'ARS', price: 1000 };
    const [key, gone] = [channelKey(app), 'app#gone##'];
    const refused = [key, gone].reduce(
      (pricing, channel) => pricesAnswered(pricing, channel, { prices, at: NOW, answer }),
      everywhere,
    );

    const { rejected } = pricesMarked(refused, LINKS, RULES, NOW) ?? {};

    expect(Object.keys(rejected ?? {})).toEqual([key]);
  });

  it('has no refusal any more of what is wanted no more', () => {
    const key = channelKey(app);
    const prices = (price: number) => ({ currency: 'ARS', price });
    const taken = { prices: prices(1000), at: NOW, answer: { outcome: 'taken' as const } };
    const no = { prices: prices(1200), at: NOW + 1, answer: { outcome: 'refused' as const, reason: 'No.' } };
    const refused = pricesAnswered(pricesAnswered(everywhere, key, taken), key, no);
    const dearer = withWanted(refused, EVERYWHERE, { ...ars(1200), asOf: NOW + 1 }).pricing;
    const back = withWanted(dearer, EVERYWHERE, { ...ars(1000), asOf: NOW + 2 }).pricing;

    const [stays, goes] = [dearer, back].map((one) => pricesMarked(one, LINKS, RULES, NOW + 2)?.rejected);

    expect([Object.keys(stays ?? {}), goes]).toEqual([[key], {}]);
  });

  it('is nothing that came before: older prices are stale', () => {
    const { pricing } = withWanted(everywhere, EVERYWHERE, { ...ars(1200), asOf: NOW + 1 });

    expect(withWanted(pricing, EVERYWHERE, ars(900))).toEqual({ pricing, outcome: 'stale' });
  });
});
