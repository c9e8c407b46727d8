import { describe, expect, it } from 'vitest';
import { quarantine } from '../../../functions/pipeline/order-writer.ts';
import { replayStored } from '../../../functions/pipeline/replay/replay.ts';
import { imotriz } from '../../../functions/platforms/imotriz/platform.ts';
import { imotrizModule } from '../../../local/platforms/imotriz/module.ts';
import { localTables } from '../../support/local-tables.ts';
import { openSimulated } from '../../support/simulated-platform.ts';

const tables = localTables();

/** A store, and the row of a page that nobody understood when it came. */
async function open(storeId: string) {
  const bed = await openSimulated(tables, imotriz, {
    module: imotrizModule,
    settings: { stores: [{ country: 'co', storeId }] },
  });
  const [one = '', other = ''] = [bed.account.place(), bed.account.place()];
  const recordOf = (id: string) => bed.account.truth(id)[0]!.json;
  return {
    ...bed,
    one,
    other,
    recordOf,
    async quarantined(...data: object[]) {
      const metadata = { total_transactions_found: 1, returned_transactions: 1, pending_transactions: 0 };
      const found = { platform: 'imotriz', storeId, reason: 'broken-envelope', problem: 'x' } as const;
      const bytes = Buffer.from(JSON.stringify({ metadata, data }));
      const seen = { receivedAt: 1, correlationId: 'c-2', bytes, origin: 'poll' } as const;
      const { row } = await quarantine(bed.context(), { ...found, ...seen });
      return row!;
    },
    replay: (row: Parameters<typeof replayStored>[1]) =>
      replayStored(bed.context(), row, { dryRun: false, correlationId: 'ops-1' }),
  };
}

describe('a page that nobody understood', () => {
  it('gives way to its orders once they are there', async () => {
    // Arrange
    const bed = await open('page');
    const row = await bed.quarantined(bed.recordOf(bed.one), bed.recordOf(bed.other));

    // Act
    const result = await bed.replay(row);

    // Assert
    expect(result).toMatchObject({
      result: 'created',
      orders: [`imotriz#page#order#${bed.one}`, `imotriz#page#order#${bed.other}`],
    });
    for (const id of [bed.one, bed.other]) expect(await bed.row(id)).toMatchObject({ state: 'ok' });
    expect(await bed.context().orders.get(row)).toBeUndefined();
    expect(await bed.context().raws.list(row)).toEqual([]);
  });

  it('stays while one of its orders is not understood', async () => {
    const bed = await open('half');
    const row = await bed.quarantined(bed.recordOf(bed.one), { odd: true });

    const result = await bed.replay(row);

    expect(result).toMatchObject({
      result: 'still-not-understood',
      problem: expect.stringContaining('missing-id') as string,
    });
    expect(await bed.context().orders.get(row)).toBeDefined();
  });
});
