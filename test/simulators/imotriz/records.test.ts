import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImotrizCountry } from '../../../local/platforms/imotriz/countries.ts';
import { MONEY_STYLES, writeAmount } from '../../../local/platforms/imotriz/money-style.ts';
import { createImotrizSimulator } from '../../../local/platforms/imotriz/simulator.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { type ApiRecord, NEW_ORDERS, NOON, startImotriz } from './harness.ts';

const country = fc.constantFrom<ImotrizCountry>('co', 'mx', 'ec', 'cr');

// Reads any of the three ways back into hundredths, knowing the country.
function readBack(amount: number | string, where: ImotrizCountry): number {
  if (typeof amount === 'number') return Math.round(amount * 100);
  const grouping = where === 'mx' ? ',' : '.';
  const isGrouped = new RegExp(`^\\d{1,3}(\\${grouping}\\d{3})+($|[,.]\\d\\d$)`).test(amount);
  const ungrouped = isGrouped ? amount.replaceAll(grouping, '') : amount;
  return Math.round(Number(ungrouped.replace(',', '.')) * 100);
}

function addsUp({ order, products }: ApiRecord, where: ImotrizCountry): boolean {
  const lines = products.map((line) => readBack(line.unit_price, where) * Number(line.quantity));
  return readBack(order.total, where) === lines.reduce((sum, line) => sum + line, 0);
}

describe('amounts', () => {
  it.each([
    [1_200_050, 'number', 'co', 12_000.5],
    [1_200_050, 'plain', 'co', '12000.50'],
    [1_200_050, 'localized', 'co', '12.000,50'],
    [1_200_050, 'localized', 'ec', '12.000,50'],
    [1_200_050, 'localized', 'cr', '12.000,50'],
    [1_200_050, 'localized', 'mx', '12,000.50'],
    [1_200_000, 'plain', 'co', '12000'],
    [1_200_000, 'localized', 'co', '12.000'],
    [123_456_789_00, 'localized', 'co', '123.456.789'],
    [5, 'localized', 'ec', '0,05'],
  ] as const)('%i hundredths as %s in %s are %s', (hundredths, style, where, written) => {
    expect(writeAmount(hundredths, style, where)).toBe(written);
  });

  it('lose nothing in any style', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000_000_000),
        fc.constantFrom(...MONEY_STYLES),
        country,
        (hundredths, style, where) => readBack(writeAmount(hundredths, style, where), where) === hundredths,
      ),
    );
  });
});

describe('records', () => {
  it('add up to their total, in every country', () => {
    fc.assert(
      fc.property(fc.nat(), country, (seed, where) => {
        const { world } = createImotrizSimulator({ seed, country: where, clock: createVirtualClock(NOON) });
        for (let i = 0; i < 5; i += 1) world.change(world.place());
        return world.truth().every(({ json }) => addsUp(json as ApiRecord, where));
      }),
      { numRuns: 50 },
    );
  });

  it('are the same for the same seed', () => {
    const truth = (seed: number) => {
      const { world } = createImotrizSimulator({ seed, clock: createVirtualClock(NOON) });
      for (let i = 0; i < 10; i += 1) world.place();
      return world.truth();
    };

    expect(truth(3)).toEqual(truth(3));
    expect(truth(3)).not.toEqual(truth(4));
  });

  it('can have another key for the id', async () => {
    const { world, newOrders } = await startImotriz({ idKey: 'transaction_id' });
    const id = world.place();

    const { data } = await newOrders();

    expect(data[0]!.order).toMatchObject({ transaction_id: Number(id) });
    expect(data[0]!.order).not.toHaveProperty('id');
  });

  it.each([
    ['no-id', (record: ApiRecord) => !('id' in record.order)],
    ['null-id', (record: ApiRecord) => record.order.id === null],
    ['no-products', (record: ApiRecord) => record.products.length === 0],
    ['null-buyer', (record: ApiRecord) => record.buyer === null],
    ['wrong-total', (record: ApiRecord) => !addsUp(record, 'co')],
    ['strange-types', (record: ApiRecord) => Array.isArray(record.buyer)],
    ['unknown-fields', (record: ApiRecord) => 'extras' in record],
    ['not-an-object', (record: ApiRecord) => Array.isArray(record)],
  ] as const)('can be odd: %s', async (oddity, isOdd) => {
    const { world, newOrders } = await startImotriz();
    world.place({ oddity });
    world.place();

    const { data } = await newOrders();

    expect(isOdd(data[0]!)).toBe(true);
    expect(data[1]!.order.id).toBeTypeOf('number');
  });
});

describe('a broken page', () => {
  it.each([
    ['html', /^<html>/],
    ['data-missing', /^\{"metadata":/],
    ['data-object', /"data":\{"0":/],
    ['metadata-missing', /\]\}$/],
    ['metadata-strings', /"pending_transactions":"\d+"/],
    ['negative-pending', /"pending_transactions":-1/],
  ] as const)('comes once as %s, its orders marked as read', async (how, looks) => {
    // Arrange
    const { world, call, newOrders } = await startImotriz();
    world.place();
    world.breakPages(how);

    // Act
    const broken = await call(NEW_ORDERS);
    const next = await newOrders();

    // Assert
    expect([broken.status, looks.test(broken.text)]).toEqual([200, true]);
    expect(next.metadata.total_transactions_found).toBe(0);
  });

  it('can hold more than 30 orders', async () => {
    const { world, newOrders } = await startImotriz();
    for (let i = 0; i < 40; i += 1) world.place();
    world.breakPages('more-than-30');

    expect((await newOrders()).data).toHaveLength(40);
  });
});
