import { describe, expect, it } from 'vitest';
import { tellStore } from '../../../functions/outbound/stock/tell.ts';
import type { Teller } from '../../../functions/outbound/stock/teller.ts';
import type { JobEnd } from '../../../functions/platforms/stock.ts';
import { createJobResults } from '../../../functions/storage/job-results.ts';
import { createStockJobs } from '../../../functions/storage/stock-jobs.ts';
import { localTables } from '../../support/local-tables.ts';
import { platformError, tellerShop } from './teller-shop.ts';

const tables = localTables();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A shop whose platform takes everything into a job, `j1`, `j2` and so on. */
function jobShop() {
  const shop = tellerShop(tables, 10);
  const { teller, fates, priceFates, clock, stock, skuOf } = shop;
  const { name } = teller;
  const results = createJobResults({ ...tables, platform: name.storeId, now: clock.now });
  const jobs = createStockJobs({ ...tables, clock });
  /** What the platform says when it is asked for the end of a job. */
  const ends: (JobEnd | Error | undefined)[] = [];
  const asked: string[] = [];
  const following: Teller = {
    ...teller,
    port: {
      ...teller.port,
      async jobEnd(_api, _store, jobId) {
        asked.push(jobId);
        const end = ends.shift();
        if (end instanceof Error) throw end;
        return end;
      },
    },
    following: { jobs, results },
  };
  let runs = 0;
  let started = 0;
  const run = (): Promise<number | undefined> => {
    runs += 1;
    return tellStore(following, { id: `run-${runs}`, timeLeftMs: () => 120_000 });
  };
  async function tell(): Promise<number | undefined> {
    fates.length = 0;
    priceFates.length = 0;
    started += 1;
    fates.push(() => ({ outcome: 'taken', job: `j${started}` }));
    priceFates.push({ outcome: 'taken', job: `j${started}` });
    return run();
  }
  /** A run whose calls are done when they are answered, as one for a lone product is. */
  async function tellAtOnce(): Promise<number | undefined> {
    fates.length = 0;
    priceFates.length = 0;
    return run();
  }
  /** Says that a job ended; not of which products it left as they were, unless that is given. */
  const hears = (jobId: string, more: object = {}) =>
    results.keep({ jobId, status: 'COMPLETED', ended: true, ...more });
  const item = async (sku: string) => (await stock.get(skuOf(sku)))!;
  return { ...shop, teller: following, tell, tellAtOnce, ends, asked, hears, item, jobs, results };
}
const REASON = 'sku: product does not exist';
const refusal = (sku: string) => ({ product: sku, reasons: [REASON] });
const reasonOf = ({ rejected }: { rejected: Record<string, { reason: string }> }) =>
  Object.values(rejected).map(({ reason }) => reason);

/** The number of `a` is shown, and its price was told as job `j2`. */
async function shopWithPrice(amount: number) {
  const shop = jobShop();
  await shop.count('a', 5);
  await shop.tell();
  await shop.hears('j1', { rejected: [] });
  await shop.price('a', amount);
  await shop.tell();
  return shop;
}

/** The price of job `j2` was overtaken by another one, which the platform took at once. */
async function shopWithOvertakenPrices() {
  const shop = await shopWithPrice(900);
  await shop.price('a', 1000);
  shop.clock.move(1000);
  await shop.tellAtOnce();
  return shop;
}

describe('a job that a platform works on', () => {
  it('is looked for after a minute; the platform is asked only once its webhook said that it ended', async () => {
    const { count, tell, clock, asked, ends, hears, item } = jobShop();
    await count('a', 5);
    const next = await tell();
    const began = clock.now();
    clock.move(MINUTE_MS);
    await tell();
    const before = [...asked];
    await hears('j1');
    ends.push({ rejected: [] });
    clock.move(2 * MINUTE_MS);

    const last = await tell();

    expect(next).toBe(began + MINUTE_MS);
    expect([before, asked, last]).toEqual([[], ['j1'], undefined]);
    expect((await item('a')).rejected).toEqual({});
  });

  it('shows the SKUs that it left as they were, with the reason, and tells of each once', async () => {
    const { count, tell, clock, ends, hears, item, skuOf, metrics, log } = jobShop();
    for (const sku of ['a', 'b']) await count(sku, 5);
    await tell();
    await hears('j1');
    ends.push({ rejected: [{ ...refusal(skuOf('b')), reasons: [REASON, 'INVALID_PRICE'] }] });
    clock.move(MINUTE_MS);

    await tell();

    expect(reasonOf(await item('b'))).toEqual([`${REASON}; INVALID_PRICE`]);
    expect(JSON.stringify(log.lines)).toContain('INVALID_PRICE');
    expect(JSON.stringify(log.lines)).not.toContain(REASON);
    expect(await item('b')).toMatchObject({ told: 'stock.rejected', eventCount: 1 });
    expect((await item('a')).rejected).toEqual({});
    expect(metrics.total('StockRejected')).toBe(1);
  });

  it('is begun again after an hour for what it refused, and says nothing new when that ends the same way', async () => {
    const { count, tell, clock, ends, hears, item, skuOf, calls } = jobShop();
    await count('a', 5);
    await tell();
    await hears('j1', { rejected: [refusal(skuOf('a'))] });
    clock.move(MINUTE_MS);
    await tell();
    const told = calls.length;

    clock.move(59 * MINUTE_MS);
    await tell();
    const tooEarly = calls.length;
    clock.move(2 * MINUTE_MS);
    await tell();
    const pending = reasonOf(await item('a'));
    await hears('j4', { rejected: [refusal(skuOf('a'))] });
    clock.move(2 * MINUTE_MS);
    await tell();

    expect([tooEarly - told, calls.length - told]).toEqual([0, 1]);
    expect(pending).toHaveLength(1);
    expect(await item('a')).toMatchObject({ eventCount: 1 });
    expect(ends).toEqual([]);
  });

  it('that takes what an earlier one refused ends the refusal', async () => {
    const { count, tell, clock, hears, item, skuOf } = jobShop();
    await count('a', 5);
    await tell();
    await hears('j1', { rejected: [refusal(skuOf('a'))] });
    clock.move(MINUTE_MS);
    await tell();
    clock.move(HOUR_MS);
    await tell();
    await hears('j3', { rejected: [] });
    clock.move(MINUTE_MS);

    await tell();

    expect((await item('a')).rejected).toEqual({});
  });

  it('that was given up refuses all that it was asked for', async () => {
    const { count, tell, clock, hears, item, asked } = jobShop();
    for (const sku of ['a', 'b']) await count(sku, 5);
    await tell();
    await hears('j1', { status: 'FAILED', failed: true });
    clock.move(MINUTE_MS);

    await tell();

    expect([reasonOf(await item('a')), reasonOf(await item('b')), asked]).toEqual([
      ['The platform gave up the job.'],
      ['The platform gave up the job.'],
      [],
    ]);
  });

  it('says nothing of what a channel was told after it', async () => {
    const { count, tell, clock, hears, item, skuOf } = jobShop();
    await count('a', 5);
    await tell();
    await count('a', 4);
    clock.move(1000);
    await tell();
    await hears('j1', { rejected: [refusal(skuOf('a'))] });
    clock.move(MINUTE_MS);

    await tell();

    expect((await item('a')).rejected).toEqual({});
    expect(Object.values((await item('a')).shown)).toMatchObject([{ display: { units: 4 } }]);
  });

  it('that was overtaken by a call of the moment may have undone it: the channel is told once more', async () => {
    const { count, tell, tellAtOnce, clock, hears, item, calls } = jobShop();
    await count('a', 5);
    await tell();
    await count('a', 0);
    clock.move(1000);
    await tellAtOnce();
    await hears('j1', { rejected: [] });
    const told = calls.length;
    clock.move(MINUTE_MS);

    await tellAtOnce();
    await tellAtOnce();

    expect(calls.length - told).toBe(1);
    expect(Object.values((await item('a')).shown)).toMatchObject([{ display: { units: 0 } }]);
    expect((await item('a')).marks).toEqual({});
  });

  it('that another one overtook is told once more, and not for ever', async () => {
    const { count, tell, clock, hears, calls } = jobShop();
    await count('a', 5);
    await tell();
    await count('a', 0);
    clock.move(1000);
    await tell();
    const told = calls.length;
    for (let run = 1; run < 8; run += 1) {
      await hears(`j${run}`, { rejected: [] });
      clock.move(MINUTE_MS);
      await tell();
    }

    expect(calls.length - told).toBe(1);
  });

  it('is asked for where no webhook came, and again where the platform does not answer', async () => {
    const { count, tell, clock, ends, asked, item, skuOf, log } = jobShop();
    await count('a', 5);
    await tell();
    ends.push(platformError({ throttled: true }), undefined, { rejected: [refusal(skuOf('a'))] });
    for (let minute = 0; minute < 60 && ends.length > 0; minute += 1) {
      clock.move(MINUTE_MS);
      await tell();
    }

    expect(asked).toEqual(['j1', 'j1', 'j1']);
    expect(reasonOf(await item('a'))).toHaveLength(1);
    expect(log.lines.some(({ message }) => message.includes('does not say how a job ended'))).toBe(true);
  });

  it('is forgotten after a day in which nobody told how it ended', async () => {
    const { count, tell, clock, jobs, teller, log } = jobShop();
    await count('a', 5);
    await tell();
    clock.move(25 * HOUR_MS);

    const next = await tell();

    expect([next, await jobs.next(teller.name)]).toEqual([undefined, undefined]);
    expect(log.lines.some(({ message }) => message.includes('nobody told how a job'))).toBe(true);
  });

  it('of prices whose end nobody told for a day leaves them refused, and they are told again', async () => {
    // Arrange
    const { tell, clock, hears, item, metrics, charged } = await shopWithPrice(1000);

    // Act
    clock.move(25 * HOUR_MS);
    await tell();
    const given = await item('a');
    clock.move(HOUR_MS);
    await tell();
    await hears('j4', { rejected: [] });
    clock.move(2 * MINUTE_MS);
    await tell();

    // Assert
    expect(Object.values(given.pricing?.rejected ?? {})).toMatchObject([
      { prices: { price: 1000 }, reason: expect.stringContaining('did not say within a day') },
    ]);
    expect(metrics.total('StockRejected')).toBe(1);
    expect(charged.map(([one]) => one?.prices.price)).toEqual([1000, 1000]);
    expect((await item('a')).pricing).toMatchObject({ rejected: {}, marks: {} });
  });

  it('of prices that others overtook, whose end nobody told, has these told once more', async () => {
    // Arrange
    const { tellAtOnce, clock, charged, item, metrics } = await shopWithOvertakenPrices();

    // Act
    clock.move(25 * HOUR_MS);
    await tellAtOnce();
    await tellAtOnce();

    // Assert
    expect(charged.map(([one]) => one?.prices.price)).toEqual([900, 1000, 1000]);
    expect((await item('a')).pricing).toMatchObject({ rejected: {}, marks: {} });
    expect(metrics.total('StockRejected')).toBe(0);
  });

  it('refuses prices by themselves', async () => {
    const { tell, clock, hears, item, skuOf } = await shopWithPrice(1000);
    await hears('j2', { rejected: [refusal(skuOf('a'))] });
    clock.move(2 * MINUTE_MS);

    await tell();

    const { pricing, rejected, marks } = await item('a');
    expect([rejected, marks, pricing?.charged]).toEqual([{}, {}, {}]);
    expect(Object.values(pricing?.rejected ?? {})).toMatchObject([{ prices: { price: 1000 } }]);
    expect(Object.values(pricing?.marks ?? {})).toMatchObject([{ dueAt: clock.now() + HOUR_MS }]);
  });

  it('that was overtaken by prices of the moment may have undone them: the channel is told once more', async () => {
    // Arrange
    const { tellAtOnce, clock, hears, charged, item } = await shopWithOvertakenPrices();
    await hears('j2', { rejected: [] });
    clock.move(2 * MINUTE_MS);

    // Act
    await tellAtOnce();
    await tellAtOnce();

    // Assert
    expect(charged.map(([one]) => one?.prices.price)).toEqual([900, 1000, 1000]);
    expect((await item('a')).pricing?.marks).toEqual({});
  });

  it('keep no stock waiting while the platform takes its time to tell of them', async () => {
    const { count, tell, teller, asked, shown, skuOf, clock } = jobShop();
    for (const sku of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await count(sku, 5);
      await tell();
    }
    clock.move(15 * MINUTE_MS);
    await count('a', 1);
    const from = clock.now();
    const slow = {
      ...teller.port,
      async jobEnd(_api: unknown, _store: unknown, jobId: string) {
        asked.push(jobId);
        clock.move(25_000);
        return undefined;
      },
    };

    const timeLeftMs = () => 120_000 - (clock.now() - from);
    await tellStore({ ...teller, port: slow }, { id: 'slow', timeLeftMs });

    expect(asked).toHaveLength(1);
    expect(shown.get(skuOf('a'))).toEqual({ units: 1 });
  });
});
