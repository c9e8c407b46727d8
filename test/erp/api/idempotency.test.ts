import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../../functions/runtime/queue.ts';
import { idempotencyKey } from '../../../functions/storage/erp-keys.ts';
import {
  createIdempotencyStore,
  KEPT_S,
  RUNNING_AT_MOST_MS,
} from '../../../functions/storage/idempotency.ts';
import { rowOf } from '../../storage/samples.ts';
import { movedClock } from '../../support/fakes.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['orders:read']);
const post = (key: string, body: object, as = token) =>
  api.call('POST', '/v1/orders/shop:s:1/acknowledge', {
    token: as,
    body,
    headers: { 'idempotency-key': key },
  });
const one = { erpId: 'SO-1', version: 1 };

describe('a request with an idempotency key', () => {
  it('is answered as the first time when it is sent again, without being worked on', async () => {
    await api.orders.put(rowOf('1'), 0);
    const first = await post('k-1', one);
    await api.orders.put(rowOf('1', { version: 9, revision: 3 }), 2);

    const again = await post('k-1', { version: 1, erpId: 'SO-1' });

    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('is refused when it says something else', async () => {
    const answer = await post('k-1', { erpId: 'SO-2', version: 1 });

    expect([answer.status, answer.body.code, answer.body.retry]).toEqual([
      422,
      'idempotency-key-reused',
      'new-key',
    ]);
  });

  it("is another client's own", async () => {
    const answer = await post('k-1', { erpId: 'W-1', version: 1 }, api.token(['orders:read'], 'warehouse'));

    expect(answer.status).toBe(200);
  });

  it('can be sent again with the key when it ended in a problem, corrected or not', async () => {
    const invalid = await post('k-2', { erpId: 'SO-1' });
    const ahead = await post('k-2', { erpId: 'SO-1', version: 99 });

    const good = await post('k-2', { erpId: 'SO-1', version: 1 });

    expect([invalid.status, ahead.status, good.status]).toEqual([422, 409, 200]);
    expect(good.headers).not.toHaveProperty('idempotency-replayed');
  });

  it.each(['', 'x'.repeat(256), 'a b', 'ñ'])('whose key is "%s" is refused', async (key) => {
    const answer = await post(key, one);

    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([422, '/headers/idempotency-key']);
  });
});

describe('the key of a request that is running', () => {
  const clock = movedClock();
  const open = (client: DynamoDBDocumentClient = tables.client) =>
    createIdempotencyStore({ client, table: tables.table, clock });

  it('is refused to others, for as long as it can run', async () => {
    const first = await open().begin('erp', 'slow', 'hash');
    clock.move(1000);

    const second = await open().begin('erp', 'slow', 'hash');
    const other = await open().begin('erp', 'slow', 'another hash');

    expect(first.turn).toBe('ours');
    expect(second).toEqual({ turn: 'running', forMs: RUNNING_AT_MOST_MS - 1000 });
    expect(other.turn).toBe('other');
  });

  it('is free again half a minute after whoever had it was killed, who then changes nothing', async () => {
    const first = await open().begin('erp', 'killed', 'hash');
    clock.move(RUNNING_AT_MOST_MS + 1);
    const second = await open().begin('erp', 'killed', 'hash');

    if (first.turn !== 'ours' || second.turn !== 'ours') throw new Error('nobody has the key');
    await second.finish({ status: 200, headers: {}, body: '"second"' });
    await first.finish({ status: 200, headers: {}, body: '"first"' });
    await first.release();

    expect(await open().begin('erp', 'killed', 'hash')).toEqual({
      turn: 'done',
      answer: { status: 200, headers: {}, body: '"second"' },
    });
  });

  it('is nobody’s where the request must not be done twice and whoever had it was killed', async () => {
    await open().begin('erp', 'once', 'hash', true);
    const running = await open().begin('erp', 'once', 'hash', true);
    clock.move(RUNNING_AT_MOST_MS + 1);

    expect(running.turn).toBe('running');
    expect(await open().begin('erp', 'once', 'hash', true)).toEqual({ turn: 'cut-off' });
    expect(await open().begin('erp', 'once', 'another hash', true)).toEqual({ turn: 'other' });
  });

  it('is whoever’s began, also where the first answer of the table was lost', async () => {
    const lossy = {
      send: async (command: object) => {
        await tables.client.send(command as DeleteCommand);
        return tables.client.send(command as DeleteCommand);
      },
    } as unknown as DynamoDBDocumentClient;

    expect((await open(lossy).begin('erp', 'answer lost', 'hash', true)).turn).toBe('ours');
  });

  it('is free again after a day', async () => {
    const first = await open().begin('erp', 'old', 'hash');
    if (first.turn === 'ours') await first.finish({ status: 200, headers: {}, body: '1' });
    clock.move((KEPT_S + 1) * 1000);

    expect((await open().begin('erp', 'old', 'another hash')).turn).toBe('ours');
  });

  it('that is released between two looks at it is told as running for a moment', async () => {
    await open().begin('erp', 'gone', 'hash');
    const racing = {
      send: async (command: object) => {
        const done = await tables.client.send(command as DeleteCommand).catch((error: unknown) => error);
        const Key = idempotencyKey('erp', sha256Of(Buffer.from('gone')));
        await tables.client.send(new DeleteCommand({ TableName: tables.table, Key }));
        if (done instanceof Error) throw done;
        return done;
      },
    } as unknown as DynamoDBDocumentClient;

    expect(await open(racing).begin('erp', 'gone', 'hash')).toEqual({ turn: 'running', forMs: 1 });
  });
});
