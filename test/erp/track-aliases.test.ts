import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { createTracker, track } from '../../functions/erp/track.ts';
import { createAliases } from '../../functions/storage/aliases.ts';
import { orderPk } from '../../functions/storage/keys.ts';
import { rowOf } from '../storage/samples.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { imageOf } from './stream-image.ts';

const tables = localTables();
const aliases = () => createAliases(tables.client, tables.table);
/** The tracker of a merchant whose stock nobody counts, and how often it calls the table. */
function tracker(fails: (input: string) => boolean = () => false) {
  const calls: string[] = [];
  const client = Object.create(tables.client, {
    send: {
      value(command: { input: object }) {
        const input = JSON.stringify(command.input);
        calls.push(command.constructor.name);
        return fails(input) ? Promise.reject(new Error('no answer')) : tables.client.send(command as never);
      },
    },
  });
  const env = {
    MERCHANT: 'm',
    LOG_LEVEL: 'INFO' as const,
    SECRETS: { emailKey: 'key' },
    ORDERS_TABLE: tables.table,
    STOCK_QUEUES: {},
  };
  const log = { ...keptLog(), begin: () => {} };
  const metrics = { ...countingMetrics(), flush: () => {} };
  return { calls, ...createTracker(undefined, { env, log, metrics, clock: movedClock() }, client) };
}

const numbered = (id: string, displayNumber: string, change: Partial<OrderRow> = {}) =>
  rowOf(id, { order: { ...rowOf(id).order!, displayNumber }, ...change });
/** Writes of rows, as the stream tells of them. */
const written = (...changes: [before: OrderRow | undefined, after: OrderRow][]) => ({
  Records: changes.map(([before, after], n) => ({
    dynamodb: {
      Keys: { pk: { S: orderPk(after) }, sk: { S: 'row' } },
      ...(before === undefined ? {} : { OldImage: imageOf(before) }),
      NewImage: imageOf(after),
      SequenceNumber: String(n),
    },
  })),
});
const found = async (text: string) =>
  (await aliases().find(text, 10)).matches.map(({ key, by }) => [key.platformOrderId, by]);

describe('what an order is called', () => {
  it('is noted by one write for each text, and without a read', async () => {
    const { calls, ...one } = tracker();

    await track(one, written([undefined, numbered('a', '#1001')]));

    expect(await found('1001')).toEqual([['a', 'number']]);
    expect(calls).toEqual(['PutCommand']);
  });

  it('is written once however many changes say the same', async () => {
    const { calls, ...one } = tracker();
    const [first, second] = [numbered('same', '1002'), numbered('same', '1002', { version: 2 })];

    await track(one, written([undefined, first], [first, second]));
    await track(one, written([second, numbered('same', '1002', { version: 3 })]));

    expect(calls).toEqual(['PutCommand']);
  });

  it('follows the row, also where a batch holds several changes of it', async () => {
    const [old, middle, last] = ['1003', '1004', '1005'].map((number) => numbered('moved', number));
    await track(tracker(), written([undefined, old!]));

    await track(tracker(), written([old, middle!], [middle, last!]));

    expect([await found('1003'), await found('1004'), await found('1005')]).toEqual([
      [],
      [],
      [['moved', 'number']],
    ]);
  });

  it('ends the same where a batch comes again', async () => {
    const [old, last] = [numbered('again', '1006'), numbered('again', '1007')];
    const batch = written([undefined, old], [old, last]);

    await track(tracker(), batch);
    await track(tracker(), batch);

    expect([await found('1006'), await found('1007')]).toEqual([[], [['again', 'number']]]);
  });

  it('may be the same for several orders', async () => {
    await track(
      tracker(),
      written([undefined, numbered('twin-1', '1008')], [undefined, numbered('twin-2', '1008')]),
    );

    expect(await found('1008')).toEqual([
      ['twin-1', 'number'],
      ['twin-2', 'number'],
    ]);
    expect(await aliases().find('1008', 1)).toMatchObject({ complete: false });
  });

  it('comes again from the first row on that it could not be noted of', async () => {
    const failing = tracker((input) => input.includes('alias#1010'));

    const answer = await track(
      failing,
      written([undefined, numbered('good', '1009')], [undefined, numbered('bad', '1010')]),
    );

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(await found('1009')).toEqual([['good', 'number']]);
  });
});
