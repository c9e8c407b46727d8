import { describe, expect, it } from 'vitest';
import { createZeroWatch } from '../../functions/storage/stock-zeroed.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const skus = (from: number, count: number) => Array.from({ length: count }, (_, at) => `SKU-${from + at}`);

describe('a list that sets SKUs to zero', () => {
  it('is held back in a catalogue of any size, and stays so whatever piece of it comes again', async () => {
    const watch = createZeroWatch({ ...tables, clock: movedClock() });
    const known = async () => 30_000;
    for (let from = 0; from < 3_000; from += 1_000) await watch.admit(skus(from, 1_000), known);

    const admitted = [
      await watch.admit(skus(3_000, 1_000), known),
      await watch.admit(skus(4_000, 1_000), known),
      await watch.admit(skus(4_000, 1_000), known),
    ];

    expect(admitted).toEqual([false, false, false]);
  });
});
