import { beforeEach, describe, expect, it } from 'vitest';
import { PlatformError, type PlatformErrorDetails } from '../../../functions/http/errors.ts';
import { createCircuitBreaker, readCircuit } from '../../../functions/storage/circuit-breaker.ts';
import { RUNNING_AT_MOST_MS } from '../../../functions/storage/idempotency.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench, KEPT, shopAnswers } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const token = api.token(['platform:read', 'platform:write']);
const URL = '/v1/platforms/shop/api';
const ITEMS = `${URL}/items?store=s`;
const call = (method: string, url: string, given: object = {}) => api.call(method, url, { token, ...given });
const fails = (details: Partial<PlatformErrorDetails>) => () => {
  throw new PlatformError({ platform: 'shop', operation: 'items.POST', kind: 'retry-later', ...details });
};
const circuit = () => ({
  client: tables.client,
  table: tables.table,
  platform: 'shop',
  storeId: 's',
  clock: api.clock,
});
const breakerOf = () => createCircuitBreaker({ ...circuit(), backfill: { request: async () => {} } });

beforeEach(() => {
  shopAnswers.calls.length = 0;
  shopAnswers.next.length = 0;
});

describe('a call that is passed on', () => {
  it('is answered with what the platform answered', async () => {
    const { status, body } = await call('GET', `${ITEMS}&page=2`);

    expect(status).toBe(200);
    expect(body).toEqual({ status: 200, headers: {}, body: { persons: 'data' } });
    expect(shopAnswers.calls[0]).toMatchObject({
      endpoint: { operation: 'items.list' },
      query: { page: '2' },
    });
  });

  it.each(['POST', 'PUT', 'PATCH'])('carries its body with %s', async (method) => {
    await call(method, ITEMS, { body: { name: 'x' } });

    expect(shopAnswers.calls[0]).toMatchObject({ endpoint: { method }, body: { name: 'x' }, query: {} });
  });

  it('is refused with a parameter that would be left out on the way', async () => {
    const { status, body } = await call('GET', `${ITEMS}&__proto__=2`);

    expect([status, body.code]).toEqual([422, 'request-invalid']);
    expect(body.errors).toMatchObject([{ pointer: '/query/__proto__', code: 'unknown-field' }]);
    expect(shopAnswers.calls).toEqual([]);
  });

  it('needs the scope of reading or of writing', async () => {
    const reader = api.token(['platform:read']);

    expect((await api.call('GET', ITEMS, { token: reader })).status).toBe(200);
    expect((await api.call('DELETE', ITEMS, { token: reader })).body.code).toBe('scope-missing');
    expect(shopAnswers.calls).toHaveLength(1);
  });

  it('needs that of persons as well where it brings persons, and each such answer is counted', async () => {
    const people = `${URL}/people?store=s`;
    const allowed = api.token(['platform:read', 'customers:personal']);

    expect((await call('GET', people)).body).toMatchObject({
      code: 'scope-missing',
      scope: 'customers:personal',
    });
    expect((await api.call('GET', people, { token: allowed })).status).toBe(200);
    expect(api.metrics.total('PersonalDataRead')).toBe(1);
  });

  it('names its store where there are several', async () => {
    expect((await call('GET', `${URL}/items`)).body).toMatchObject({ code: 'store-unknown' });
    expect((await call('GET', `${URL}/items`)).body.detail).toContain('s, s-2');
    expect((await call('GET', '/v1/platforms/elsewhere/api/items')).body.code).toBe('store-unknown');
  });
});

describe('an answer that is larger than ours can be', () => {
  /** As Lambda sends it: the body is text in a JSON document. */
  const sentBytes = ({ text }: { text: string }) => Buffer.byteLength(JSON.stringify(text));
  const LAMBDA_BYTES = 6 * 1024 * 1024;

  it.each([
    ['of letters that take three bytes', '\u20ac'.repeat(3 * 1024 * 1024)],
    ['of quotes that are escaped', Array.from({ length: 1_300_000 }, () => '')],
    ['of plain letters', 'x'.repeat(6 * 1024 * 1024)],
  ])('%s is refused to a read, and left out of what a write says', async (_, body) => {
    const answers = () => ({ status: 200, headers: {}, body });
    shopAnswers.next.push(answers, answers);

    const read = await call('GET', ITEMS);
    const written = await call('POST', ITEMS, { body: {} });

    expect(read.body.code).toBe('answer-too-large');
    expect(written.body).toEqual({ status: 200, headers: {} });
    expect(sentBytes(written)).toBeLessThan(LAMBDA_BYTES);
  });

  it('but for a little is passed on', async () => {
    shopAnswers.next.push(() => ({ status: 200, headers: {}, body: 'x'.repeat(5 * 1024 * 1024) }));

    const read = await call('GET', ITEMS);

    expect(read.status).toBe(200);
    expect(sentBytes(read)).toBeLessThan(LAMBDA_BYTES);
  });
});

describe('a call that is not made', () => {
  it('is in no row of the platform', async () => {
    expect((await call('GET', `${URL}/items/7?store=s`)).body.code).toBe('endpoint-unknown');
    expect((await call('GET', `${URL}/..%2Fitems?store=s`)).body.code).toBe('endpoint-unknown');
  });

  it('is kept, with the reason and what to use instead', async () => {
    expect((await call('GET', `${URL}/taken?store=s`)).body).toMatchObject({
      code: 'endpoint-kept',
      detail: KEPT,
    });
  });

  it('has a body that is not passed on', async () => {
    expect((await call('PUT', ITEMS, { body: '"no"' })).body).toMatchObject({
      code: 'request-invalid',
      errors: [{ pointer: '/body', detail: 'Not this. Send another.' }],
    });
  });

  it('has prices in its body, of a store that we tell prices, and is passed on to any other', async () => {
    const untold = apiBench(tables, false);
    const given = { token: untold.token(['platform:write']), body: '"price"' };

    expect((await call('PUT', ITEMS, { body: '"price"' })).body.errors).toMatchObject([
      { detail: 'Send it with PUT /v1/prices.' },
    ]);
    expect((await untold.call('PUT', `${URL}/items?store=s-2`, given)).body).toMatchObject({ status: 200 });
  });

  it.each(['{"id":12345678901234567890}', '{"price":1e999}', '[[{"id":-9007199254740993}]]'])(
    'would carry another number than was sent: %s',
    async (body) => {
      const { status, body: problem } = await call('POST', ITEMS, { body });

      expect([status, problem.errors?.[0].pointer]).toEqual([422, '/body']);
      expect(shopAnswers.calls).toHaveLength(0);
    },
  );

  it('would be of a store whose circuit is open', async () => {
    const breaker = breakerOf();
    await breaker.trip('It was refused', 'Renew it');

    const { status, body, headers } = await call('GET', ITEMS);

    expect([status, body.code]).toEqual([503, 'platform-stopped']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await breaker.resume('token', api.clock.now());
  });
});

describe('what the platform does instead', () => {
  it('refuses: in its own words', async () => {
    shopAnswers.next.push(fails({ kind: 'refused', status: 422, said: 'name is taken' }));

    expect((await call('POST', ITEMS, { body: {} })).body).toMatchObject({
      status: 422,
      code: 'platform-refused',
      platformStatus: 422,
      platformSays: 'name is taken',
    });
  });

  it('has no room: 503 and when to come again', async () => {
    shopAnswers.next.push(fails({ throttled: true, retryAfterMs: 3_000 }));

    expect(await call('GET', ITEMS)).toMatchObject({ status: 503, headers: { 'retry-after': '3' } });
  });

  it('does not answer a read: 503, and not that nobody knows', async () => {
    shopAnswers.next.push(fails({ outcomeUnknown: true }));

    expect((await call('GET', ITEMS)).body.code).toBe('platform-busy');
  });

  it('refuses the credential: the circuit opens', async () => {
    shopAnswers.next.push(fails({ kind: 'auth-failed', status: 401 }));

    expect((await call('GET', ITEMS)).body.code).toBe('platform-stopped');
    expect(await readCircuit(circuit())).toBeDefined();
    await breakerOf().resume('token', api.clock.now());
  });

  it('says that the app may not make this call (403): that stops no other work of the store', async () => {
    shopAnswers.next.push(fails({ kind: 'auth-failed', status: 403 }));

    const { status, body } = await call('POST', ITEMS, { body: {} });

    expect([status, body.code, body.platformStatus]).toEqual([422, 'platform-refused', 403]);
    expect(body.detail).toContain('permission');
    expect(await readCircuit(circuit())).toBeUndefined();
  });
});

describe('a write under an Idempotency-Key', () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key }, body: { name: 'x' } });

  it.each(['POST', 'PUT', 'PATCH'])(
    'is made once with %s, and nothing of persons is kept for a repeat',
    async (method) => {
      const first = await call(method, ITEMS, keyed(`k-${method}`));
      const again = await call(method, ITEMS, keyed(`k-${method}`));

      expect(first.body).toHaveProperty('body');
      expect(again.body).toEqual({ status: 200, headers: {} });
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(shopAnswers.calls).toHaveLength(1);
    },
  );

  it('whose end nobody knows is a 504, and is not made again', async () => {
    shopAnswers.next.push(fails({ outcomeUnknown: true }));

    const first = await call('POST', ITEMS, keyed('k-lost'));
    const again = await call('POST', ITEMS, keyed('k-lost'));

    expect(first).toMatchObject({ status: 504, body: { code: 'outcome-unknown', retry: 'new-key' } });
    expect(again.status).toBe(504);
    expect(shopAnswers.calls).toHaveLength(1);
  });

  it('is not made again after the function was killed in it: the platform may have done it', async () => {
    const killed = new Promise<void>((made) => {
      shopAnswers.next.push(() => {
        made();
        return new Promise(() => {});
      });
    });
    void call('POST', ITEMS, keyed('k-killed'));
    await killed;
    api.clock.move(RUNNING_AT_MOST_MS + 1);

    const again = await call('POST', ITEMS, keyed('k-killed'));

    expect(again).toMatchObject({ status: 504, body: { code: 'outcome-unknown', retry: 'new-key' } });
    expect(shopAnswers.calls).toHaveLength(1);
  });

  it('that was refused may be sent again under the same key', async () => {
    shopAnswers.next.push(fails({ kind: 'refused', status: 422 }));

    await call('POST', ITEMS, keyed('k-refused'));

    expect((await call('POST', ITEMS, keyed('k-refused'))).status).toBe(200);
  });
});
