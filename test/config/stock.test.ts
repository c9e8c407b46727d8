import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { channelsOf, merchantFile, readMerchant, stockOf } from '../../config/merchant.ts';

const folder = mkdtempSync(join(tmpdir(), 'acopio-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const demo = readMerchant(merchantFile('demo'));
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

  it('of a store that is not configured is refused by name', () => {
    const channels = [{ platform: 'nowhere', storeId: 'x' }];

    expect(() => read({ channels })).toThrow(/stock\.channels names the store "x" of "nowhere"/);
  });
});
