import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createZeroWatch } from '../../functions/storage/stock-zeroed.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { importStock } from '../../ops/commands/stock.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { whatIsPrinted } from '../support/printed.ts';

const tables = localTables();
whatIsPrinted();

/** A house with 100 SKUs of which there are five each, and a sheet by which so many of them are gone. */
function house(gone: number) {
  const clock = movedClock();
  const zeros = createZeroWatch({ client: tables.client, table: tables.table, clock });
  const file = join(temporaryFolder('zeros'), 'count.csv');
  writeFileSync(file, ['sku,quantity', ...Array.from({ length: gone }, (_, at) => `S-${at},0`)].join('\n'));
  const update = vi.fn();
  const audited = async (_what: string, _details: object, work: () => Promise<object>) => work();
  const context = {
    audited,
    stock: {
      settings: { channels: [] },
      clock,
      zeros,
      sendHints: async () => {},
      store: {
        update,
        count: async () => 100,
        get: async () => ({ bases: { main: { quantity: 5_000, asOf: clock.now() - 60_000 } } }),
      },
    },
  } as unknown as OperatorContext;
  return { zeros, clock, update, run: () => importStock(context, file, { json: true, dryRun: false }) };
}

describe('a counted file by which many SKUs go to zero', () => {
  it('is refused, as the API holds it, until an operator says that it is meant', async () => {
    const { run, update, zeros, clock } = house(30);

    await expect(run()).rejects.toThrow(/^30 SKUs of the file would go to zero.*"stock release"/);
    expect(update).not.toHaveBeenCalled();

    await zeros.release(clock.now() + 60_000);
    expect(await run()).toBe(0);
    expect(update).toHaveBeenCalledTimes(30);
    await zeros.release(0);
  });

  it('is taken where they are a day’s work', async () => {
    const { run, update } = house(5);

    expect(await run()).toBe(0);
    expect(update).toHaveBeenCalledTimes(5);
  });
});
