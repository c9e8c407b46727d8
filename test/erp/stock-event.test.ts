import { describe, expect, it } from 'vitest';
import { withClaim } from '../../functions/domain/stock/sale.ts';
import { withBase } from '../../functions/domain/stock/sku.ts';
import { eventOf } from '../../functions/erp/event-of.ts';
import { createStockStore } from '../../functions/storage/stock.ts';
import { stockItemKey } from '../../functions/storage/stock-keys.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const clock = movedClock();
const NOW = clock.now();
const rules = {
  channels: [{ platform: 'shop', storeId: 's', sells: ['main'], buffer: 0, shows: 'number' as const }],
  baseMeans: 'available' as const,
  settle: { quietSeconds: 10, atMostSeconds: 60 },
};

describe('a SKU of which more is sold than there is', () => {
  it('is told of once, until there was enough of it again', async () => {
    const stock = createStockStore({ ...tables, rules, clock });
    const count = (units: number, at: number) =>
      stock.update(
        'A',
        (known) => withBase(known, 'main', { quantity: units * 1000, asOf: at }, rules, NOW).sku,
      );
    const sell = (order: string) =>
      stock.update('A', (known) => {
        const history = [{ version: 1, taken: 2000, gone: 0, since: NOW }];
        const claim = { order, line: 'l|A', places: ['main'], history, bookings: [] };
        const sale = { platform: 'shop', storeId: 's', placedAt: NOW, before: undefined };
        return withClaim(known, claim, sale, rules, NOW);
      });
    const writes = [await count(3, NOW), await sell('1'), await sell('2'), await sell('3')];
    writes.push(await count(20, NOW + 1), await count(1, NOW + 2));

    const events = writes.flatMap((after, index) => {
      const item = (one: object) => ({ ...stockItemKey('A'), ...one });
      const before = writes[index - 1];
      const event = eventOf(
        { after: item(after), at: NOW, ...(before === undefined ? {} : { before: item(before) }) },
        7,
      );
      return event === undefined ? [] : [[event.id, event.type, event.key]];
    });

    expect(events).toEqual([
      ['stock:A:7:1', 'stock.oversold', 'stock:A'],
      ['stock:A:7:2', 'stock.oversold', 'stock:A'],
    ]);
  });
});
