import { describe, expect, it } from 'vitest';
import { drawPicture } from '../../bench/growth/picture.ts';
import { courseOf, growthOf, note, sizeOf, type Used, type Wave } from '../../bench/growth/wave.ts';

const nothing = { writeUnits: 0, readUnits: 0, queueRequests: 0 };

/** Ten orders that took so many units each, by operation. */
function wave(perOrder: Record<string, Partial<Used>>, more: Partial<Wave> = {}): Wave {
  const used = Object.entries(perOrder).map(([operation, units]): [string, Used] => [
    operation,
    {
      writeUnits: 10 * (units.writeUnits ?? 0),
      readUnits: 10 * (units.readUnits ?? 0),
      queueRequests: 10 * (units.queueRequests ?? 0),
    },
  ]);
  return { orders: 10, used: new Map(used), cpuMs: 50, wallMs: 80, megabytes: 20, ...more };
}

const many = (count: number, waveOf: (index: number) => Wave): Wave[] =>
  Array.from({ length: count }, (_, n) => waveOf(n));

describe('what an order takes while the table grows', () => {
  it('adds the calls of an operation up', () => {
    const used = new Map<string, Used>();

    note(used, 'process PutItem', { writeUnits: 2 });
    note(used, 'process PutItem', { writeUnits: 1, readUnits: 1 });

    expect(used.get('process PutItem')).toEqual({ ...nothing, writeUnits: 3, readUnits: 1 });
  });

  it('is an average over the orders until the table held so many', () => {
    const waves = [
      wave({ put: { writeUnits: 4 }, publish: { writeUnits: 2, readUnits: 1 } }),
      wave({ put: { writeUnits: 6 } }, { megabytes: 30 }),
      wave({ put: { writeUnits: 100 } }, { megabytes: 90 }),
    ];

    const { orders, perOrder, megabytes } = sizeOf(waves, 20);

    expect({ orders, megabytes }).toEqual({ orders: 20, megabytes: 30 });
    expect(perOrder).toEqual({ writeUnits: 6, readUnits: 0.5, queueRequests: 0, cpuMs: 5, wallMs: 8 });
  });

  it('is told of the first and the last tenth of the orders', () => {
    const waves = many(20, (index) => wave({ put: { writeUnits: index } }));

    const { first, last } = sizeOf(waves, 200);

    expect([first.writeUnits, last.writeUnits]).toEqual([0.5, 18.5]);
  });

  it('has a course, with the orders from one size to the next', () => {
    const waves = many(4, (index) => wave({ put: { writeUnits: index } }));

    const course = courseOf(waves, [10, 30, 50, 1000]);

    expect(course.map(({ orders, perOrder }) => [orders, perOrder.writeUnits])).toEqual([
      [10, 0],
      [30, 1.5],
      [40, 3],
    ]);
  });
});

describe('the judgement', () => {
  it('finds nothing where the last tenth takes up to 1.15 times the first', () => {
    const waves = many(10, (index) => wave({ put: { writeUnits: index === 9 ? 11.5 : 10, readUnits: 1 } }));

    expect(growthOf(waves)).toEqual([]);
  });

  it('names the operation that grew most', () => {
    const waves = many(10, (index) =>
      wave({
        'process PutItem': { writeUnits: index === 9 ? 10.5 : 10 },
        'publish Query': { writeUnits: index === 9 ? 3 : 0 },
      }),
    );

    expect(growthOf(waves)).toEqual([
      '100 orders: 13.50 write units an order in the last tenth, 1.35 times the first, and 1.15 is the most. publish Query grew most: from 0.00 to 3.00.',
    ]);
  });

  it('judges each kind of unit apart', () => {
    const waves = many(10, (index) =>
      wave({ put: { writeUnits: 10 }, read: { readUnits: 1 + index }, send: { queueRequests: 1 + index } }),
    );

    expect(growthOf(waves, ['writeUnits', 'readUnits'])).toEqual([
      expect.stringContaining('10.00 read units an order in the last tenth, 10.00 times the first'),
    ]);
  });
});

it('draws units that do not grow as a level line, ten times the orders each step', () => {
  const perOrder = { writeUnits: 5, readUnits: 2, queueRequests: 1, cpuMs: 1, wallMs: 1 };

  const picture = drawPicture([100, 1000, 10_000].map((orders) => ({ orders, perOrder })));

  const [points = ''] = /(?<=points=")[^"]+/.exec(picture) ?? [];
  const [xs, ys] = [0, 1].map((axis) => points.split(' ').map((point) => Number(point.split(',')[axis])));
  expect(new Set(ys).size).toBe(1);
  expect(xs).toEqual([56, 368, 680]);
});
