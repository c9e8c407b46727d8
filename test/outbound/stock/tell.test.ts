import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { catalogueKey } from '../../../functions/domain/stock/links.ts';
import { withBase, withLinks } from '../../../functions/domain/stock/sku.ts';
import { tellStore } from '../../../functions/outbound/stock/tell.ts';
import type { StockPort, Telling } from '../../../functions/platforms/stock.ts';
import { tellItemKey, tellWork } from '../../../functions/storage/stock-keys.ts';
import { localTables } from '../../support/local-tables.ts';
import { platformError as error, tellerShop } from './teller-shop.ts';

const tables = localTables();
const HOUR_MS = 3_600_000;
const shop = (perCall?: number) => tellerShop(tables, perCall);

describe('telling a store', () => {
  it('sends what each SKU should show in as few calls as it takes, and then nothing', async () => {
    const { count, tell, calls, shown, skuOf } = shop();
    for (const sku of ['a', 'b', 'c', 'd']) await count(sku, 5);

    const next = [await tell(), await tell()];

    expect(calls.map((call) => call.length)).toEqual([3, 1]);
    expect(shown.get(skuOf('d'))).toEqual({ units: 5 });
    expect(next).toEqual([undefined, undefined]);
  });

  it('sends what is so when the call begins, and only the last of several values', async () => {
    const { count, tell, calls, clock, skuOf } = shop();
    await count('a', 5);
    await tell();
    await count('a', 6);
    await count('a', 7);

    const next = await tell();
    clock.move(11_000);
    await tell();

    expect(next).toBeGreaterThan(clock.now() - 11_000);
    expect(calls.at(-1)).toMatchObject([{ sku: skuOf('a'), display: { units: 7 } }]);
    expect(calls).toHaveLength(2);
  });

  it('makes a call that was too much smaller, and never the same again', async () => {
    const { count, tell, calls, fates } = shop(4);
    for (const sku of ['a', 'b', 'c', 'd']) await count(sku, 5);
    fates.push(() => error({ throttled: true, status: 429, retryAfterMs: 7000 }));

    const next = await tell();
    await tell();

    expect(next).toBeDefined();
    expect(calls.map((call) => call.length)).toEqual([4, 2, 2]);
  });

  it('makes it smaller than it was, where it was less than it might have been', async () => {
    const { count, tell, calls, fates } = shop(50);
    for (const sku of ['a', 'b', 'c', 'd']) await count(sku, 5);
    fates.push(() => error({ throttled: true, status: 429, retryAfterMs: 7000 }));

    await tell();
    await tell();

    expect(calls.map((call) => call.length)).toEqual([4, 2, 2]);
  });

  it('keeps no SKU from other outlets because one fails, however many wait for that', async () => {
    const { count, tell, shown, failing, skuOf } = tellerShop(tables, 2, ['open', 'broken']);
    failing.add('broken');
    for (const sku of ['a', 'b', 'c', 'd', 'e']) await count(sku, 5);

    const next = await tell();

    const told = ['a', 'b', 'c', 'd', 'e'].map((sku) => `${skuOf(sku)} in open`);
    expect([...shown.keys()].sort()).toEqual(told);
    expect(next).toBeDefined();
  });

  it('asks an outlet that fails once in a run', async () => {
    const { count, tell, calls, failing } = tellerShop(tables, 2, ['open', 'broken']);
    failing.add('broken');
    for (const sku of ['a', 'b', 'c', 'd', 'e']) await count(sku, 5);

    await tell();

    const asked = calls.filter((call) => call.some(({ outletId }) => outletId === 'broken'));
    expect(asked).toHaveLength(1);
  });

  it('goes on behind what waits for a failing outlet where the last run ended', async () => {
    const { count, tell, shown, failing, skuOf, clock } = tellerShop(tables, 1, ['open', 'broken']);
    failing.add('broken');
    const waiting = Array.from({ length: 8 }, (_, index) => `w${index}`);
    for (const sku of waiting) await count(sku, 5);
    const later = async (runs: number) => {
      for (let run = 0; run < runs; run += 1) {
        await tell();
        clock.move(15_000);
      }
    };
    await later(4);
    await count('z', 5);

    await later(3);

    expect(shown.has(`${skuOf('z')} in open`)).toBe(true);
  });

  it('finds the SKU that it stumbles over each time, and keeps no other one waiting for it', async () => {
    const { count, tell, shown, fates, skuOf, clock } = shop(4);
    for (const sku of ['a', 'b', 'c', 'd', 'e', 'f']) await count(sku, 5);
    const stumbles = (tellings: readonly Telling[]) =>
      tellings.some(({ sku }) => sku === skuOf('b')) ? error({ status: 500 }) : { outcome: 'taken' as const };
    fates.push(...Array.from({ length: 20 }, () => stumbles));

    for (let run = 0; run < 4; run += 1) {
      await tell();
      clock.move(15_000);
    }

    expect([...shown.keys()].sort()).toEqual(['a', 'c', 'd', 'e', 'f'].map(skuOf));
  });

  it('takes out of the index what no mark stands behind, as an item from before prices had a line of their own', async () => {
    const { count, tell, stock, skuOf, teller, clock } = shop();
    await count('a', 5);
    await tell();
    const work = { workOf: tellWork(teller.name), workAt: new Date(clock.now()).toISOString() };
    const Item = { ...tellItemKey(skuOf('a'), teller.name), ...work };
    await tables.client.send(new PutCommand({ TableName: tables.table, Item }));

    await tell();

    expect(await stock.toTell(teller.name, 10)).toEqual([]);
  });

  it('tells an outlet that has recovered all that waited for it', async () => {
    const { count, tell, shown, failing, clock } = tellerShop(tables, 2, ['open', 'broken']);
    failing.add('broken');
    for (const sku of ['a', 'b', 'c', 'd', 'e']) await count(sku, 5);
    await tell();
    failing.clear();
    clock.move(15_000);

    const next = await tell();

    expect([...shown.keys()].filter((key) => key.endsWith('in broken'))).toHaveLength(5);
    expect(next).toBeUndefined();
  });

  it('keeps its size where our own limit had no slot for it', async () => {
    const { count, tell, calls, fates } = shop(4);
    for (const sku of ['a', 'b', 'c', 'd']) await count(sku, 5);
    fates.push(() => error({ throttled: true }));

    await tell();
    await tell();

    expect(calls.map((call) => call.length)).toEqual([4, 4]);
  });

  it('does not make it larger again because our own limit has no slot for a while', async () => {
    const { count, tell, calls, fates } = shop(20);
    for (let n = 0; n < 8; n += 1) await count(`s${n}`, 5);
    fates.push(() => error({ throttled: true, status: 429 }));
    for (let n = 0; n < 3; n += 1) fates.push(() => error({ throttled: true }));

    for (let n = 0; n < 4; n += 1) await tell();

    expect(calls.map((call) => call.length)).toEqual([8, 4, 4, 4]);
  });

  it('tells again what a call may or may not have told', async () => {
    const { count, tell, calls, fates, clock, stock, skuOf } = shop();
    await count('a', 5);
    await tell();
    await count('a', 4);
    fates.push(() => error({ outcomeUnknown: true }));

    await tell();
    const unsure = (await stock.get(skuOf('a')))?.shown;
    // Even where it should show again what it showed before.
    await count('a', 5);
    clock.move(61_000);
    await tell();

    expect(Object.values(unsure ?? {})).toMatchObject([{ unsure: true }]);
    expect(calls.at(-1)).toMatchObject([{ display: { units: 5 } }]);
    expect(Object.values((await stock.get(skuOf('a')))?.marks ?? {})).toEqual([]);
  });

  it('tells again all that a run named that was killed in its call', async () => {
    const { count, tell, calls, fates, clock, log } = shop();
    await count('a', 5);
    fates.push(() => {
      throw new TypeError('killed');
    });
    await expect(tell()).rejects.toThrow('killed');

    clock.move(HOUR_MS);
    await tell();

    expect(calls).toHaveLength(2);
    expect(log.lines.map(({ message }) => message).join()).toContain('cut off');
  });

  it('leaves what a platform refuses for an hour, shows why, and tries again', async () => {
    const { count, tell, calls, fates, clock, stock, skuOf } = shop();
    await count('a', 5);
    fates.push(() => ({ outcome: 'refused', reason: 'The variant is gone.' }));

    await tell();
    await tell();
    const rejected = (await stock.get(skuOf('a')))?.rejected;
    clock.move(HOUR_MS);
    await tell();

    expect(Object.values(rejected ?? {})).toMatchObject([{ reason: 'The variant is gone.' }]);
    expect(calls).toHaveLength(2);
    expect((await stock.get(skuOf('a')))?.rejected).toEqual({});
  });

  it('has its store named by one message while it waits, however many say that there is something to tell', async () => {
    const { count, tell, fates, clock } = shop();
    await count('a', 5);
    fates.push(() => ({ outcome: 'refused', reason: 'No.' }));
    const first = await tell();
    const others = [await tell(), await tell()];
    clock.move(900_000);

    const onItsWay = [await tell(), await tell()];

    expect(first).toBeGreaterThan(clock.now());
    expect(others).toEqual([undefined, undefined]);
    // The message of the longest delay came, and sends the next one.
    expect(onItsWay).toEqual([first, undefined]);
  });

  it('finds the one SKU for which whole calls are refused: the others are told, and it is for a person', async () => {
    const { count, tell, fates, shown, stock, skuOf, metrics } = tellerShop(tables, 8);
    for (const sku of ['spoils', 'b', 'c', 'd', 'e']) await count(sku, 5);
    const refuses = (tellings: readonly Telling[]) =>
      tellings.some(({ sku }) => sku === skuOf('spoils'))
        ? error({ kind: 'refused', status: 422, detail: 'It is about sku.' })
        : { outcome: 'taken' as const };
    fates.push(...Array.from({ length: 12 }, () => refuses));

    const next = await tell();

    expect([...shown.keys()].sort()).toEqual(['b', 'c', 'd', 'e'].map(skuOf).sort());
    expect(Object.values((await stock.get(skuOf('spoils')))?.rejected ?? {})).toMatchObject([
      { reason: 'It is about sku.' },
    ]);
    expect(metrics.total('StockRejected')).toBe(1);
    expect(next).toBeGreaterThan(0);
  });

  it('leaves for an hour what the credential may not tell, and the orders of the store alone', async () => {
    const { count, tell, fates, trips, skuOf, stock, calls } = shop();
    await count('a', 5);
    fates.push(() => error({ kind: 'auth-failed', status: 403 }));

    await tell();
    await tell();

    expect((await stock.get(skuOf('a')))?.rejected).toMatchObject({
      [Object.keys((await stock.get(skuOf('a')))?.rejected ?? {})[0] ?? '']: {
        reason: expect.stringContaining('lacks a permission') as string,
      },
    });
    expect([trips, calls.length]).toEqual([[], 1]);
  });

  it('opens the circuit of the store where its credential is not known', async () => {
    const { count, tell, fates, trips } = shop();
    await count('a', 5);
    fates.push(() => error({ kind: 'auth-failed', status: 401 }));

    await tell();

    expect(trips).toEqual([401]);
  });

  it('logs of a refusal no word of the platform’s, and shows it to whoever asks for the SKU', async () => {
    const { count, tell, fates, log, stock, skuOf } = shop();
    await count('a', 5);
    fates.push(() => ({ outcome: 'refused', reason: 'HTTP 422', said: 'Invented Person, 099 123 456' }));

    await tell();

    expect(JSON.stringify(log.lines)).toContain('HTTP 422');
    expect(JSON.stringify(log.lines)).not.toContain('Invented');
    expect(JSON.stringify((await stock.get(skuOf('a')))?.rejected)).toContain('Invented');
  });

  it('makes no further call for a variant that is gone', async () => {
    const { count, tell, calls, fates, clock, stock, teller, skuOf } = shop();
    await count('a', 5);
    fates.push(() => ({ outcome: 'refused', reason: 'The variant is gone.' }));
    await tell();
    // The catalogue says so, too.
    const { settings } = teller;
    await stock.update(skuOf('a'), (known) =>
      withLinks(known, catalogueKey(settings.channels[0]!), [], settings, clock.now()),
    );
    const base = { quantity: 9000, asOf: clock.now() };
    await stock.update(skuOf('a'), (known) => withBase(known, 'main', base, settings, clock.now()).sku);

    clock.move(25 * HOUR_MS);
    const next = await tell();

    expect([calls.length, next]).toEqual([1, undefined]);
  });

  it('is one run’s work at a time, or a value could overtake a later one', async () => {
    const { count, tell, calls, teller, fates } = shop();
    await count('a', 5);
    let second: unknown = 'never ran';
    const { port } = teller;
    const slow: StockPort = {
      ...port,
      async *tell(...given) {
        second = await tellStore({ ...teller, port }, { id: 'other', timeLeftMs: () => 120_000 });
        yield* port.tell(...given);
      },
    };
    fates.length = 0;

    await tellStore({ ...teller, port: slow }, { id: 'first', timeLeftMs: () => 120_000 });
    await tell();

    expect(second).toBeGreaterThan(0);
    expect(calls).toHaveLength(1);
  });
});
