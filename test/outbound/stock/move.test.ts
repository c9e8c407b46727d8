import { describe, expect, it } from 'vitest';
import { localTables } from '../../support/local-tables.ts';
import { answeredOddly, Killed, masterShop, mortal } from './master-shop.ts';
import { platformError as error } from './teller-shop.ts';

const tables = localTables();
const shop = (units?: number | null) => masterShop(tables, units);
const HOUR_MS = 3_600_000;

describe('a line that was sold elsewhere', () => {
  it('is taken from the number of the platform that counts, once, and no absolute number is told', async () => {
    const { mirror, sellElsewhere, tell, calls, platform, claimed, moveOf } = shop();
    await mirror(10);
    await sellElsewhere('app:1', 3);
    const before = await claimed();

    const next = [await tell(), await tell()];

    expect(platform.units).toBe(7);
    expect(calls).toEqual(['count', 'change -3', 'count']);
    expect([before, await claimed()]).toEqual([{ main: 3000 }, {}]);
    expect(await moveOf('app:1')).toMatchObject({ state: 'applied', wanted: 3, settled: 3, taken: 3 });
    expect(next).toEqual([undefined, undefined]);
  });

  it('is given back when it is cancelled: what was really taken, and no more', async () => {
    const { mirror, sellElsewhere, tell, platform, calls, moveOf } = shop(2);
    await mirror(2);
    await sellElsewhere('app:1', 3);
    await tell();
    const emptied = platform.units;

    await sellElsewhere('app:1', 0, 2);
    await tell();

    expect([emptied, platform.units]).toEqual([0, 2]);
    expect(calls.filter((call) => call.startsWith('change'))).toEqual(['change -3', 'change 2']);
    expect(await moveOf('app:1')).toMatchObject({ state: 'applied', taken: 0 });
  });

  it('is taken again once after it was cancelled and came back', async () => {
    const { mirror, sellElsewhere, tell, platform } = shop();
    await mirror(10);
    for (const [version, quantity] of [3, 0, 2].entries()) {
      await sellElsewhere('app:1', quantity, version + 1);
      await tell();
    }

    expect(platform.units).toBe(8);
  });

  it('leaves alone what is unlimited', async () => {
    const { mirror, sellElsewhere, tell, platform, calls, moveOf } = shop(null);
    await mirror(null);
    await sellElsewhere('app:1', 3);

    await tell();

    expect([platform.units, calls]).toEqual([null, ['count']]);
    expect(await moveOf('app:1')).toMatchObject({ state: 'applied', taken: 0 });
  });

  it('that a platform refuses waits for an hour, says why, and keeps no other one out', async () => {
    const { mirror, sellElsewhere, tell, fates, platform, moveOf, clock, metrics } = shop();
    await mirror(10);
    await sellElsewhere('app:1', 3);
    await sellElsewhere('app:2', 1);
    fates.push(() => error({ kind: 'refused', status: 422, said: 'The variant is gone.' }));

    await tell();
    await tell();
    const refused = await moveOf('app:1');
    const taken = platform.units;
    clock.move(HOUR_MS);
    await tell();

    expect(refused).toMatchObject({ state: 'wanted', refused: { reason: 'The variant is gone.' } });
    expect([taken, platform.units]).toEqual([9, 6]);
    expect(metrics.total('StockRejected')).toBe(1);
  });

  it('that our own limit, or the platform’s, has no room for stays wanted', async () => {
    const { mirror, sellElsewhere, tell, fates, platform, moveOf, clock } = shop();
    await mirror(10);
    await sellElsewhere('app:1', 3);
    fates.push(() => error({ throttled: true, status: 429, retryAfterMs: 7000 }));

    const next = await tell();
    const waiting = await moveOf('app:1');
    clock.move(7000);
    const later = clock.now();
    await tell();

    expect(next).toBe(later);
    expect(waiting).toMatchObject({ state: 'wanted' });
    expect(platform.units).toBe(7);
  });
});

describe('a number that the platform tells in a form that nobody knows', () => {
  const twoSkus = async () => {
    const one = shop();
    const other = `${one.sku}-other`;
    for (const sku of [one.sku, other]) await one.mirror(10, sku);
    return { ...one, other };
  };

  it('is asked for again after an hour, is seen by a person, and keeps no other SKU out', async () => {
    const { sku, other, odd, sellElsewhere, tell, calls, moveOf, metrics, log, clock } = await twoSkus();
    await sellElsewhere('app:1', 3);
    clock.move(1);
    await sellElsewhere('app:2', 1, 1, other);
    odd.add(sku);

    const named = [await tell(), await tell()];

    const next = named.findLast((at) => at !== undefined);
    expect(await moveOf('app:2', other)).toMatchObject({ state: 'applied', taken: 1 });
    expect(await moveOf('app:1')).toMatchObject({ state: 'wanted', refused: { at: expect.any(Number) } });
    expect(calls).toEqual(['count', 'count', 'change -1', 'count']);
    expect(next).toBeGreaterThan(clock.now() + HOUR_MS - 60_000);
    expect(metrics.total('StockRejected')).toBe(1);
    expect(JSON.stringify(log.lines)).not.toContain('Invented');
  });

  it('after a sale of the platform’s own is left to the next one, and is seen by a person', async () => {
    const { sku, odd, sellHere, tell, calls, metrics, clock } = await twoSkus();
    clock.move(1);
    await sellHere(1);
    clock.move(60_000);
    odd.add(sku);

    await tell();
    const next = await tell();

    expect([calls, next]).toEqual([['count'], undefined]);
    expect(metrics.total('StockRejected')).toBe(1);
  });

  it('after a change whose answer is lost is a person’s to tell', async () => {
    const { sku, odd, sellElsewhere, tell, fates, moveOf, clock } = await twoSkus();
    await sellElsewhere('app:1', 3);
    fates.push(() => error({ outcomeUnknown: true }));
    await tell();
    clock.move(120_000);
    odd.add(sku);

    const next = await tell();

    expect(await moveOf('app:1')).toMatchObject({ state: 'in-doubt' });
    expect(next).toBeUndefined();
  });

  it('as its answer to a change is looked for later, and keeps no other SKU out', async () => {
    const { other, sellElsewhere, tell, fates, moveOf, clock } = await twoSkus();
    await sellElsewhere('app:1', 3);
    clock.move(1);
    await sellElsewhere('app:2', 1, 1, other);
    fates.push((make) => {
      make();
      return answeredOddly();
    });

    await tell();
    const meanwhile = [await moveOf('app:1'), await moveOf('app:2', other)];

    expect(meanwhile).toMatchObject([{ state: 'running' }, { state: 'applied' }]);
  });
});

describe('a SKU that the platform stumbles over', () => {
  it('is tried again soon, and keeps no other one out', async () => {
    const { sku, mirror, failing, sellElsewhere, tell, moveOf, clock } = shop();
    const other = `${sku}-other`;
    for (const one of [sku, other]) await mirror(10, one);
    await sellElsewhere('app:1', 3);
    clock.move(1);
    await sellElsewhere('app:2', 1, 1, other);
    failing.add(sku);

    const next = await tell();

    expect(await moveOf('app:1')).toMatchObject({ state: 'wanted' });
    expect(await moveOf('app:2', other)).toMatchObject({ state: 'applied' });
    expect(next).toBe(clock.now() + 15_000);
  });

  it('of which there are several ends the run: the platform answers nobody', async () => {
    const { sku, mirror, failing, sellElsewhere, tell, calls, clock } = shop();
    for (const n of [1, 2, 3, 4, 5]) {
      const one = `${sku}-${n}`;
      await mirror(10, one);
      await sellElsewhere(`app:${n}`, 1, 1, one);
      failing.add(one);
      clock.move(1);
    }

    await tell();

    expect(calls).toEqual(['count', 'count', 'count']);
  });

  it('of which there are several keep the others waiting for one run', async () => {
    const { sku, mirror, failing, sellElsewhere, tell, moveOf, clock } = shop();
    for (const n of [1, 2, 3, 4]) {
      const one = `${sku}-${n}`;
      await mirror(10, one);
      await sellElsewhere(`app:${n}`, 1, 1, one);
      if (n < 4) failing.add(one);
      clock.move(1);
    }

    await tell();
    clock.move(15_000);
    await tell();

    expect(await moveOf('app:4', `${sku}-4`)).toMatchObject({ state: 'applied' });
  });
});

describe('a change whose answer is lost', () => {
  it.each([
    ['was made', true],
    ['was not made', false],
  ])('is looked at some minutes later, and made once: it %s', async (_, isMade) => {
    const { mirror, sellElsewhere, tell, fates, platform, claimed, clock, calls } = shop();
    await mirror(10);
    await sellElsewhere('app:1', 3);
    fates.push((make) => {
      if (isMade) make();
      return error({ outcomeUnknown: true });
    });

    await tell();
    await tell();
    const [early, claim] = [[...calls], await claimed()];
    clock.move(120_000);
    await tell();
    await tell();

    expect(early).toEqual(['count', 'change -3']);
    expect(claim).toEqual({ main: 3000 });
    expect(platform.units).toBe(7);
    expect(await claimed()).toEqual({});
  });

  it('keeps the other changes of the number waiting: they would look like it', async () => {
    const { mirror, sellElsewhere, tell, fates, platform, clock, calls } = shop();
    await mirror(10);
    await sellElsewhere('app:1', 2);
    fates.push(() => error({ outcomeUnknown: true }));
    await tell();
    await sellElsewhere('app:2', 2);
    // The message that the first run had sent.
    clock.move(16_000);

    const next = await tell();
    const early = [...calls];
    clock.move(104_000);
    await tell();

    expect(early).toEqual(['count', 'change -2']);
    expect(next).toBeGreaterThan(clock.now() - 10_000);
    expect(platform.units).toBe(6);
  });

  it('is a person’s to tell where a sale of the platform’s own hides it, and stays claimed until then', async () => {
    const { mirror, sellElsewhere, sellHere, tell, fates, platform, claimed, clock, moveOf, log, metrics } =
      shop();
    await mirror(10);
    await sellElsewhere('app:1', 1);
    fates.push(() => error({ outcomeUnknown: true }));
    await tell();
    await sellHere(1);

    clock.move(120_000);
    await tell();
    const next = await tell();

    expect(platform.units).toBe(9);
    expect(await moveOf('app:1')).toMatchObject({ state: 'in-doubt', call: { change: -1, before: 10 } });
    expect([await claimed(), next]).toEqual([{ main: 1000 }, undefined]);
    expect(metrics.total('StockMoveInDoubt')).toBe(1);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { before: 10, change: -1, after: 9 } });
  });

  it('and that a look took for made is a person’s to tell once a sale of that minute is heard of', async () => {
    const { mirror, sellElsewhere, sellHereUnheard, tell, fates, claimed, clock, moveOf, metrics } = shop();
    await mirror(10);
    await sellElsewhere('app:1', 1);
    fates.push(() => error({ outcomeUnknown: true }));
    await tell();
    const hear = sellHereUnheard(1);
    clock.move(120_000);
    await tell();
    const found = await moveOf('app:1');

    clock.move(15 * 60_000);
    await hear();
    await tell();

    expect(found).toMatchObject({ state: 'applied', taken: 1 });
    expect(await moveOf('app:1')).toMatchObject({ state: 'in-doubt', taken: 0, call: { change: -1 } });
    expect(await claimed()).toEqual({ main: 1000 });
    expect(metrics.total('StockMoveInDoubt')).toBe(1);
  });
});

it('a sale of the platform’s own is off its number once: where that does not come, it is asked for', async () => {
  const { mirror, sellHere, tell, clock, calls, stock, sku } = shop();
  await mirror(10);
  clock.move(1000);
  await sellHere(2);

  await tell();
  const early = [...calls];
  clock.move(20_000);
  await tell();
  await tell();

  expect([early, calls]).toEqual([[], ['count']]);
  expect((await stock.get(sku))?.bases.main?.quantity).toBe(8000);
});

it('a function that is killed at any of its awaits leaves the change made once, and nothing claimed', async () => {
  const counted = shop();
  await counted.mirror(10);
  await counted.sellElsewhere('app:1', 2);
  const { teller, seen } = mortal(counted.teller, undefined);
  await counted.tell(teller);
  expect(seen.awaits).toBeGreaterThan(10);
  const deaths = Array.from({ length: seen.awaits }, (_, n) => n + 1).flatMap((at) => [
    { at, after: false },
    { at, after: true },
  ]);

  const ends = [];
  for (const dies of deaths) {
    const one = shop();
    await one.mirror(10);
    await one.sellElsewhere('app:1', 2);
    await expect(one.tell(mortal(one.teller, dies).teller)).rejects.toThrow(Killed);
    for (let runs = 0; runs < 3; runs += 1) {
      one.later();
      await one.tell();
    }
    ends.push([dies, one.platform.units, await one.claimed()]);
  }

  expect(ends).toEqual(deaths.map((dies) => [dies, 8, {}]));
});
