import { describe, expect, it } from 'vitest';
import { days, minutes } from '../../support/bazaar/reconcile.ts';
import { failing, openReconciliation, scan, slicesOf } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();

describe('a reconciliation of outlets some of which fail each time', () => {
  it('compares the others, however many of them fail', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['starved-outlets'] });
    const outlets = [scan('bad-1'), scan('bad-2'), scan('bad-3'), scan('good')];
    const fail = async ({ scan: { name } }: { scan: { name: string } }) => {
      if (name.startsWith('bad')) throw failing('retry-later');
      return [];
    };
    await bench.runOver(slicesOf(outlets, fail));
    bench.clock.move(minutes(15));

    // Act
    const runs = [];
    for (let run = 0; run < 3; run += 1) {
      const source = slicesOf(outlets, fail);
      await bench.runOver(source);
      runs.push(source.compared);
      bench.clock.move(minutes(15));
    }

    // Assert
    expect(runs.flat().some((slice) => slice.startsWith('good'))).toBe(true);
  });

  it('looks over the others once a day although some have failed since yesterday', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['starved-deep'] });
    const deep = { order: 1, everyMs: days(1), lookbackMs: days(7), firstMs: days(7) };
    const names = ['bad-1', 'bad-2', 'bad-3', 'good'];
    const outlets = names.flatMap((name) => [scan(name), scan(`deep-${name}`, deep)]);
    const fail = async ({ scan: { name } }: { scan: { name: string } }) => {
      if (name.includes('bad')) throw failing('retry-later');
      return [];
    };
    await bench.runOver(slicesOf(outlets));
    bench.clock.move(days(1));
    await bench.runOver(slicesOf(outlets, fail));
    bench.clock.move(days(1));
    const source = slicesOf(outlets, fail);

    // Act
    await bench.runOver(source);

    // Assert
    expect(source.compared.some((slice) => slice.startsWith('deep-good'))).toBe(true);
  });

  it('reads the list of each that fails again at the next run', async () => {
    const bench = openReconciliation(tables, { stores: ['starved-again'] });
    const outlets = [scan('bad'), scan('good')];
    await bench.runOver(slicesOf(outlets));
    bench.clock.move(minutes(15));
    const source = slicesOf(outlets, async ({ scan: { name } }) => {
      if (name === 'bad') throw failing('retry-later');
      return [];
    });
    await bench.runOver(source);
    bench.clock.move(days(3));

    const after = slicesOf(outlets);
    const report = await bench.runOver(after);

    expect(report).toMatchObject({ outcome: 'done', left: [] });
    expect(after.compared.filter((slice) => slice.startsWith('bad'))).toHaveLength(4);
  });
});

/** Lists of which every run has the time for three. */
function threeARun(source: ReturnType<typeof slicesOf>) {
  return { remainingMs: () => (source.compared.length < 3 ? 300_000 : 1_000) };
}

describe('a reconciliation of more outlets than one run comes to', () => {
  const often = ['recent-1', 'recent-2', 'recent-3', 'recent-4'].map((name) =>
    scan(name, { firstMs: minutes(60) }),
  );
  const rare = { everyMs: days(1), lookbackMs: days(7), firstMs: days(7), longestSliceMs: days(7) };

  it('comes to each of them, also to the one whose turn it was when the run ended', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['starved-last'] });
    const compared: string[] = [];

    // Act
    for (let run = 0; run < 4; run += 1) {
      const source = slicesOf(often, async () => {
        bench.clock.move(1000);
        return [];
      });
      await bench.runOver(source, threeARun(source));
      compared.push(...source.compared.map((slice) => slice.split(' ')[0] ?? ''));
      bench.clock.move(minutes(15));
    }

    // Assert
    for (const { name } of often) expect(compared.filter((one) => one === name)).toHaveLength(3);
  });

  it('comes to what is looked over once a day, too', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['starved-rare'] });
    const scans = [...often, scan('deep', { ...rare, order: 1 }), scan('whole', { ...rare, order: 2 })];
    const compared: string[] = [];

    // Act
    for (let run = 0; run < 14; run += 1) {
      const source = slicesOf(scans, async () => {
        bench.clock.move(1000);
        return [];
      });
      await bench.runOver(source, threeARun(source));
      compared.push(...source.compared.map((slice) => slice.split(' ')[0] ?? ''));
      bench.clock.move(minutes(15));
    }

    // Assert
    expect(compared.filter((name) => name === 'deep' || name === 'whole').sort()).toEqual(['deep', 'whole']);
    for (const { name } of often)
      expect(compared.filter((one) => one === name).length).toBeGreaterThanOrEqual(8);
  });

  it('pauses nothing because the first list that it asks for may not be read', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['starved-forbidden'] });
    const scans = [...often, scan('deep', { ...rare, order: 1 })];
    const forbid = async ({ scan: { name } }: { scan: { name: string } }) => {
      if (name === 'deep') throw failing('auth-failed', { status: 403 });
      return [];
    };
    const outcomes: string[] = [];
    let asked = 0;

    // Act
    for (let run = 0; run < 12; run += 1) {
      const source = slicesOf(scans, forbid);
      outcomes.push((await bench.runOver(source, threeARun(source))).outcome);
      asked += source.compared.filter((slice) => slice.startsWith('deep')).length;
      bench.clock.move(minutes(15));
    }

    // Assert
    expect(asked).toBeGreaterThan(0);
    expect(outcomes).not.toContain('paused');
  });
});

describe('a reconciliation of outlets one of which is slow', () => {
  it('compares the others though it takes the whole of a run', async () => {
    // Arrange
    const bench = openReconciliation(tables, { stores: ['starved-slow'] });
    const outlets = [scan('slow'), scan('good')];
    const compared: string[] = [];

    // Act
    for (let run = 0; run < 2; run += 1) {
      let asked = 0;
      const remainingMs = () => (asked++ < 20 ? 300_000 : 1_000);
      const source = slicesOf(outlets, async ({ scan: { name }, call }) => {
        if (name === 'slow') for (;;) await call();
        return [];
      });
      await bench.runOver(source, { remainingMs });
      compared.push(...source.compared);
      bench.clock.move(minutes(15));
    }

    // Assert
    expect(compared).toContainEqual(expect.stringMatching(/^good/));
  });
});
