import { randomBytes } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { type Message, pack } from '../../functions/runtime/queue.ts';
import { chunksPk } from '../../functions/storage/control-keys.ts';
import { inPartition } from '../../functions/storage/dynamodb.ts';
import { type BenchOptions, inLine, openBazaar, received, sent } from '../support/bazaar/bench.ts';
import { deliver } from '../support/deployment-bench.ts';
import { payloadOf } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const FILLER = randomBytes(300_000).toString('base64');

function open(store: string, kind: Pick<BenchOptions, 'truth'> = {}) {
  const bed = openBazaar(tables, { stores: [store], ...kind });
  const processor = bed.processor();
  return {
    ...bed,
    processor,
    work: deliver.bind(undefined, processor),
    /** The messages that a body larger than one of them travels in. */
    large(body: object, rest: object = {}): Message[] {
      const message = received(bed, {}, rest);
      return pack(Buffer.from(JSON.stringify({ ...body, filler: FILLER }))).map(
        (payload) => ({ ...message, payload }) as Message,
      );
    },
  };
}

/** Sort keys of what the table still has of the payload. */
async function left(message: Message): Promise<string[]> {
  const query = inPartition(tables.table, chunksPk(message.correlationId, payloadOf(message).sha256));
  const { Items = [] } = await tables.client.send(new QueryCommand(query));
  return Items.map(({ sk }) => String(sk));
}

describe('what came in chunks', () => {
  it('of orders stays in no chunk once the orders are rows', async () => {
    const bed = open('orders', { truth: 'pushed' });
    const order = bed.shop.place('orders');
    const messages = bed.large({ shop: 'orders', event: 'orders', orders: [order] });

    const back = await bed.work(...messages);

    expect(messages.length).toBeGreaterThan(1);
    expect(back).toEqual([]);
    expect(await bed.row(order.id)).toMatchObject({ state: 'ok' });
    expect(await left(messages[0]!)).toEqual(['done']);
  });

  it('of a privacy request stays in no chunk once it is handled', async () => {
    const bed = open('request');
    const body = { shop: 'request', orders: ['o-1'], carts: [FILLER], customer: { id: '7' } };
    const message = received(bed, {}, { topic: 'erase-customer' });
    const messages = pack(Buffer.from(JSON.stringify(body))).map(
      (payload) => ({ ...message, payload }) as Message,
    );

    await bed.work(...messages);

    expect((await bed.row('o-1'))?.erased).toBeDefined();
    expect(await left(message && messages[0]!)).toEqual(['done']);
  });

  it('that nobody understood stays in no chunk once it is a row', async () => {
    const bed = open('odd', { truth: 'pushed' });
    const messages = bed.large({ no: 'event' });

    await bed.work(...messages);

    expect(await bed.reviews('schema-mismatch')).toHaveLength(1);
    expect(await left(messages[0]!)).toEqual(['done']);
  });

  it('stays while the fetch it asks for waits, and goes with it', async () => {
    // Arrange
    const bed = open('waits');
    const { id } = bed.shop.place('waits');
    const { line, processor } = inLine(bed, bed.processor);
    line.delaySeconds = 60;
    const messages = bed.large({ shop: 'waits', event: 'order.changed', order: id });

    // Act
    await deliver(processor, ...messages);
    const whileItWaits = await left(messages[0]!);
    line.delaySeconds = 0;
    bed.clock.move(60_000);
    await deliver(processor, sent(bed));

    // Assert
    expect(whileItWaits).toHaveLength(messages.length);
    expect(await bed.row(id)).toMatchObject({ state: 'ok' });
    expect(await left(messages[0]!)).toEqual(['done']);
  });

  it('stays when it could not be dealt with, and is dealt with when it comes back', async () => {
    // Arrange
    const bed = open('fails', { truth: 'pushed' });
    const order = bed.shop.place('fails');
    const messages = bed.large({ shop: 'fails', event: 'orders', orders: [order] });
    const store = bed.processor.store('fails');
    const orders = { ...store.orders, put: () => Promise.reject(new Error('the table is not available')) };
    const broken = { ...bed.processor, store: () => ({ ...store, orders }) };

    // Act
    const first = await deliver(broken, ...messages);
    const afterFailure = await left(messages[0]!);
    const second = await bed.work(messages.at(-1)!);

    // Assert
    expect(first).toEqual([messages.length - 1]);
    expect(afterFailure).toHaveLength(messages.length);
    expect(second).toEqual([]);
    expect(await bed.row(order.id)).toMatchObject({ state: 'ok' });
    expect(await left(messages[0]!)).toEqual(['done']);
  });

  it('comes back when its chunks could not be deleted, and once more changes nothing', async () => {
    const bed = open('not-deleted', { truth: 'pushed' });
    const order = bed.shop.place('not-deleted');
    const messages = bed.large({ shop: 'not-deleted', event: 'orders', orders: [order] });
    const forget = () => Promise.reject(new Error('the table is not available'));
    const broken = { ...bed.processor, chunks: { ...bed.processor.chunks, forget } };

    const first = await deliver(broken, ...messages);
    const second = await bed.work(messages.at(-1)!);

    expect([first, second]).toEqual([[messages.length - 1], []]);
    expect(await bed.row(order.id)).toMatchObject({ version: 1 });
    expect(await left(messages[0]!)).toEqual(['done']);
  });
});
