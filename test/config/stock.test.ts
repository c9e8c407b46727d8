import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { channelsOf, merchantFile, readMerchant, stockOf } from '../../config/merchant.ts';
import { placesSelling } from '../../functions/domain/stock/channel.ts';

const folder = mkdtempSync(join(tmpdir(), 'acopio-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const demo = readMerchant(merchantFile('demo'));
/** The demo's chain: outlets nbet, and s8ym, which orders call by its own code. */
const chain = { platform: 'pedidosya', storeId: '79d3a074-0f4c-44ac-892c-787fdfb04ba1' };
/** The demo's store, which has locations and no outlets. */
const shop = { platform: 'nuvemshop', storeId: '5665778' };
function read(stock: unknown) {
  const file = join(folder, 'merchant.json');
  writeFileSync(file, JSON.stringify({ ...demo, stock }));
  return readMerchant(file);
}

describe('stock in the configuration of a merchant', () => {
  it('is counted for nobody who does not ask for it', () => {
    expect(
      [stockOf(demo), ...channelsOf(demo).map(({ stock }) => stock)].every((one) => one === undefined),
    ).toBe(true);
  });

  it('has kits by SKUs without the spaces around them', () => {
    const kits = stockOf(read({ kits: { ' KIT-1': { 'A 1 ': 2 } } }))?.kits;

    expect(kits).toEqual({ 'KIT-1': { 'A 1': 2 } });
  });

  it('is refused where a kit is in a kit, whose parts no order would take', () => {
    const kits = { BOX: { SET: 2, BAG: 1 }, SET: { SHIRT: 1, SOCK: 2 } };

    expect(() => read({ kits })).toThrow('stock.kits has in "BOX" the kit "SET": write what is in that one');
  });

  it('has a channel for each store and outlet, from the place "main", that shows what its platform can', () => {
    const channels = stockOf(read({ buffer: 1 }))?.channels.map((one) => [
      one.outletId,
      one.sells,
      one.shows,
    ]);

    expect(channels).toEqual([
      [undefined, ['main'], 'number'],
      ['nbet', ['main'], 'on-off'],
      ['s8ym', ['main'], 'on-off'],
      [undefined, ['main'], 'nothing'],
    ]);
  });

  it('names channels that are counted apart, with a buffer of their own', () => {
    const [storeId] = channelsOf(demo)[0]!.stores.map(({ id }) => id);
    const platform = channelsOf(demo)[0]!.platform.name;
    const named = [
      { platform, storeId, locationId: 'north', sells: ['north'], buffer: 3 },
      { platform, storeId, locationId: 'south', sells: ['south', 'north'] },
    ];

    const channels = stockOf(read({ buffer: 1, channels: named }))?.channels ?? [];

    expect(channels.slice(0, 2).map((one) => [one.locationId, one.buffer, one.shows])).toEqual([
      ['north', 3, 'number'],
      ['south', 1, 'number'],
    ]);
    expect(channels.filter((one) => one.storeId === storeId)).toHaveLength(2);
  });

  it('lets an order take from the place of its outlet, by whichever of its two names the order calls it', () => {
    const named = ['nbet', 's8ym'].map((outletId) => ({ ...chain, outletId, sells: [`of-${outletId}`] }));

    const { channels = [] } = stockOf(read({ channels: named })) ?? {};
    const placesOf = (outletId: string) => placesSelling(channels, { ...chain, outletId });

    expect(['nbet', 's8ym', 'store-002'].map(placesOf)).toEqual([['of-nbet'], ['of-s8ym'], ['of-s8ym']]);
  });

  it('leaves the outlets of a chain that it does not name as they are without it', () => {
    const named = [{ ...chain, outletId: 'nbet', sells: ['shop-2'] }];

    const { channels = [] } = stockOf(read({ channels: named })) ?? {};

    expect(
      channels.filter(({ storeId }) => storeId === chain.storeId).map((one) => [one.outletId, one.sells]),
    ).toEqual([
      ['nbet', ['shop-2']],
      ['s8ym', ['main']],
    ]);
  });

  it.each([
    [
      'an outlet that the chain has not',
      [{ ...chain, outletId: 'nbt' }],
      /nbt", which is no outlet: .* nbet, s8ym/,
    ],
    ['an outlet by its own code', [{ ...chain, outletId: 'store-002' }], /store-002", which is no outlet/],
    ['a chain and none of its outlets', [chain], /which is no outlet: write one of nbet, s8ym/],
    ['one outlet twice', [1, 2].map(() => ({ ...chain, outletId: 'nbet' })), /nbet" twice/],
    [
      'outlets of a store that has none',
      ['a', 'b'].map((outletId) => ({ ...shop, outletId })),
      /names an outlet of "nuvemshop:5665778", which has none: leave "outletId" out/,
    ],
    [
      'locations of an outlet, which has none',
      ['a', 'b'].map((locationId) => ({ ...chain, outletId: 'nbet', locationId })),
      /names a location of "pedidosya:.*", which has none: leave "locationId" out/,
    ],
    [
      'a store as a whole and by location',
      [shop, { ...shop, locationId: 'north', sells: ['north'] }],
      /has "nuvemshop:5665778" as a whole and by location/,
    ],
  ])('is refused where a channel names %s', (_, channels, said) => {
    expect(() => read({ channels })).toThrow(said);
  });

  it('is refused where a channel names a place twice: what there is would be shown twice', () => {
    const channels = [{ ...chain, outletId: 'nbet', sells: ['main', 'shop-2', 'main'] }];

    expect(() => read({ channels })).toThrow(/"stock\.channels\.0\.sells": names a place twice/);
  });

  it('of a store that is not configured is refused by name', () => {
    const channels = [{ platform: 'nowhere', storeId: 'x' }];

    expect(() => read({ channels })).toThrow(/stock\.channels names the store "x" of "nowhere"/);
  });
});

describe('the master of the stock', () => {
  const since = '2026-12-01T00:00:00-03:00';
  const [counting, ...others] = channelsOf(demo).map(({ platform }) => platform.name);
  const [storeId] = channelsOf(demo)[0]!.stores.map(({ id }) => id);
  const mastered = (channels: object[]) => () => read({ master: counting, since, channels });
  const at = (locationId: string, sells: string[]) => ({ platform: counting, storeId, locationId, sells });

  it('is a platform that can count, and then its channels count for the others', () => {
    const channels = stockOf(read({ master: counting, since }))?.channels ?? [];

    expect(channels.filter(({ isMaster }) => isMaster).map(({ platform }) => platform)).toEqual([counting]);
    expect(channels.map(({ shows }) => shows)).toEqual(['number', 'on-off', 'on-off', 'nothing']);
  });

  it('may be nobody: then no channel is told anything', () => {
    const channels = stockOf(read({ master: 'none' }))?.channels ?? [];

    expect(channels.map(({ shows, isMaster }) => [shows, isMaster])).toEqual(
      channels.map(() => ['nothing', undefined]),
    );
  });

  it.each(others)('is never %s, which counts nothing: what can be is said', (platform) => {
    expect(() => read({ master: platform, since })).toThrow(
      `stock.master is "${platform}", which counts no stock here: write one of "erp", "${counting}", "none"`,
    );
  });

  it('needs the time from when on orders are taken from its numbers: those of before are off them', () => {
    expect(() => read({ master: counting })).toThrow(/stock\.since is missing/);
  });

  it('counts each place once, and every place that is sold from', () => {
    expect(mastered([at('a', ['north']), at('b', ['main'])])).not.toThrow();
    expect(mastered([at('a', ['north', 'main'])])).toThrow(/sell from north and main: it counts one place/);
    expect(mastered([at('a', ['main']), at('b', ['main'])])).toThrow(/"main" counted by several channels/);
    expect(mastered([at('a', ['north'])])).toThrow(
      /sells from the place "main", which no channel of the master/,
    );
  });
});
