import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { rowOf } from '../../storage/samples.ts';
import { localTables } from '../../support/local-tables.ts';
import { apiBench } from './api-bench.ts';

const tables = localTables();
const api = apiBench(tables);
const reader = api.token(['orders:read']);
const ACKNOWLEDGE = '/v1/orders/shop:s:1/acknowledge';
const good = { erpId: 'E-1', version: 1 };
/** With another last letter than the token has, whatever that is. */
const mistyped = (token: string) => `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`;

describe('a request that is not let in', () => {
  it('for a route that there is not is answered 404, with a token or without', async () => {
    const answers = await Promise.all([
      api.call('GET', '/v1/nothing', { token: reader }),
      api.call('GET', '/v1/orders/'),
      api.call('DELETE', '/'),
    ]);

    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body.code).toBe('route-unknown');
    }
  });

  it('by a method that the route does not take is answered 405, and told those that it takes', async () => {
    const posted = await api.call('POST', '/v1/orders', { token: reader, body: {} });
    const got = await api.call('GET', ACKNOWLEDGE, { token: reader });

    expect([posted.status, posted.body.code, posted.headers.allow]).toEqual([
      405,
      'method-not-allowed',
      'GET, HEAD, OPTIONS',
    ]);
    expect([got.status, got.headers.allow]).toEqual([405, 'POST, OPTIONS']);
  });

  it.each([
    ['no token', undefined, 'token-missing'],
    ['another kind of credential', 'Basic dXNlcjpwYXNz', 'token-malformed'],
    ['a token that is cut off', `Bearer ${reader.slice(0, -1)}`, 'token-malformed'],
    ['a mistyped token', `Bearer ${mistyped(reader)}`, 'token-malformed'],
    ['two tokens', `Bearer ${reader},Bearer ${reader}`, 'token-malformed'],
  ])('with %s is answered 401, and told how to come in', async (_, authorization, code) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };

    const answer = await api.call('GET', '/v1/orders', { headers });

    expect([answer.status, answer.body.code]).toEqual([401, code]);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
  });

  it('with a revoked token is answered 401 a minute after the revocation at the latest', async () => {
    const revoked = api.token(['orders:read']);
    expect((await api.call('GET', '/v1/orders', { token: revoked })).status).toBe(200);
    api.stored.pop();

    api.clock.move(60_000);
    const answer = await api.call('GET', '/v1/orders', { token: revoked });

    expect([answer.status, answer.body.code]).toEqual([401, 'token-unknown']);
  });

  it('without the scope is answered 403, and told which it lacks', async () => {
    const answer = await api.call('GET', '/v1/orders', { token: api.token(['stock']) });

    expect([answer.status, answer.body.code, answer.body.scope]).toEqual([
      403,
      'scope-missing',
      'orders:read',
    ]);
    expect(answer.body.detail).toContain('orders:read');
    expect(answer.headers['www-authenticate']).toContain('scope="orders:read"');
  });
});

describe('a body', () => {
  const post = (given: Parameters<typeof api.call>[2]) =>
    api.call('POST', ACKNOWLEDGE, { token: reader, ...given });

  it('that is too large is answered 413', async () => {
    const answer = await post({ body: { ...good, erpId: 'x'.repeat(5_000) } });

    expect([answer.status, answer.body.code]).toEqual([413, 'body-too-large']);
  });

  it.each([
    ['of another type', { 'content-type': 'text/xml' }],
    ['of a type that only looks like JSON', { 'content-type': 'application/jsonp' }],
    ['that is compressed', { 'content-encoding': 'gzip' }],
  ])('%s is answered 415', async (_, headers) => {
    const answer = await post({ body: good, headers });

    expect([answer.status, answer.body.code]).toEqual([415, 'body-type']);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"erpId":'],
    ['two documents', '{}{}'],
    ['a document nested without end', '['.repeat(2_000)],
  ])('that is %s is answered 400', async (_, body) => {
    const answer = await post({ body });

    expect([answer.status, answer.body.code]).toEqual([400, 'body-not-json']);
  });

  it('that names a field twice is answered 400, and points to it', async () => {
    const answer = await post({ body: '{"erpId":"SO-1","version":1,"erpId":"SO-2"}' });

    expect([answer.status, answer.body.code]).toEqual([400, 'field-named-twice']);
    expect(answer.body.title).toBe('An object of the body names a field twice');
    expect(answer.body.errors).toMatchObject([{ pointer: '/body/erpId', code: 'named-twice' }]);
  });

  it('that names a field twice which is no plain name is answered without it', async () => {
    const answer = await post({ body: '{"Invented Person":1,"Invented Person":2}' });

    expect(answer.body.errors).toMatchObject([{ pointer: '/body/*' }]);
    expect(JSON.stringify(answer.body)).not.toContain('Invented');
  });

  it('with a field that no schema keeps is refused, where names are the caller’s own too', async () => {
    const token = api.token(['catalogue']);
    const body = '{"name":{"es":"Remera","__proto__":"Shirt"},"variants":[{"sku":"R-1"}]}';

    const answer = await api.call('PUT', '/v1/products/P-1?platform=shop&store=s', { token, body });

    expect([answer.status, answer.body.code]).toEqual([422, 'request-invalid']);
    expect(answer.body.errors).toMatchObject([{ pointer: '/body/name/__proto__', code: 'unknown-field' }]);
  });

  it('that is not UTF-8 is answered 400', async () => {
    const bytes = Buffer.from('{"erpId":"Ñ","version":1}', 'latin1');

    const answer = await post({ bytes, headers: { 'content-type': 'application/json' } });

    expect([answer.status, answer.body.code]).toEqual([400, 'body-not-json']);
  });

  it('that arrives with what API Gateway puts in the place of Latin-1 is answered 400, and told of its encoding', async () => {
    const arrived = Buffer.from('{"erpId":"Ñ","version":1}', 'latin1').toString('utf8');

    const answer = await post({ body: arrived });

    expect([answer.status, answer.body.code]).toEqual([400, 'body-not-json']);
    expect(answer.body.detail).toContain('Latin-1');
  });

  it('may hold the character U+FFFD by its escape', async () => {
    const answer = await post({ body: '{"erpId":"\\ufffd","version":1}' });

    expect([answer.status, answer.body.code]).toEqual([404, 'order-unknown']);
  });

  it.each([
    ['a field is missing', { version: 1 }, '/body/erpId', 'required'],
    ['a field has another type', { ...good, version: '1' }, '/body/version', 'wrong-type'],
    ['a number is too small', { ...good, version: 0 }, '/body/version', 'too-small'],
    ['a text is too long', { ...good, erpId: 'x'.repeat(129) }, '/body/erpId', 'too-large'],
    [
      'a time has no zone',
      { ...good, stockBookedAt: '2026-11-22T12:00:00' },
      '/body/stockBookedAt',
      'wrong-format',
    ],
    ['a field is not known', { ...good, ERPID: 'a' }, '/body', 'unknown-field'],
    ['it is a list', [good], '/body', 'wrong-type'],
    ['it is null', null, '/body', 'wrong-type'],
  ])('is answered 422 with a pointer when %s', async (_, body, pointer, code) => {
    const answer = await post({ body });

    expect([answer.status, answer.body.code]).toEqual([422, 'request-invalid']);
    expect(answer.body.errors).toEqual([{ pointer, code, detail: expect.any(String) }]);
  });

  it('is told the form of a time when one has no zone', async () => {
    const answer = await post({ body: { ...good, stockBookedAt: '2026-11-22T12:00:00' } });

    expect(answer.body.errors[0].detail).toBe(
      'must be a time with its zone, such as "2026-11-27T09:00:04-03:00" or "2026-11-27T12:00:04Z".',
    );
  });

  it('is told all that is wrong with it at once', async () => {
    const answer = await post({ body: { erpId: 5, version: 1.5 } });

    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/body/erpId',
      '/body/version',
    ]);
  });
});

describe('a query', () => {
  it.each([
    ['/v1/events?limit=0', '/query/limit', 'too-small'],
    ['/v1/events?limit=1001', '/query/limit', 'too-large'],
    ['/v1/events?limit=ten', '/query/limit', 'wrong-type'],
    ['/v1/events?limit=5&limit=6', '/query/limit', 'wrong-type'],
    ['/v1/events?types=order.exploded', '/query/types/0', 'not-allowed'],
    ['/v1/orders?status=paid', '/query/status/0', 'not-allowed'],
    ['/v1/orders?platform=elsewhere', '/query/platform', 'not-allowed'],
    ['/v1/orders?changed_after=yesterday', '/query/changed_after', 'wrong-format'],
    ['/v1/orders?page=2', '/query', 'unknown-field'],
    ['/v1/orders/42', '/path/id', 'wrong-format'],
    ['/v1/orders/shop:s:1?include=all', '/query/include/0', 'not-allowed'],
  ])('%s is answered 422 with a pointer', async (url, pointer, code) => {
    const answer = await api.call('GET', url, { token: reader });

    expect([answer.status, answer.body.code]).toEqual([422, 'request-invalid']);
    expect(answer.body.errors).toMatchObject([{ pointer, code }]);
  });

  it('with a wrong value under a name that the caller chose does not repeat the name', async () => {
    const passing = api.token(['platform:read']);
    const url = `/v1/platforms/shop/api/items?Juan.Ejemplo=${'x'.repeat(1025)}`;

    const answer = await api.call('GET', url, { token: passing });

    expect(answer.body.errors).toMatchObject([{ pointer: '/query/*', code: 'too-large' }]);
    expect(answer.text).not.toContain('Ejemplo');
  });

  it('with a time whose plus an address made a space is told what to write', async () => {
    const answer = await api.call('GET', '/v1/orders?changed_after=2026-11-22T12:00:00+03:00', {
      token: reader,
    });

    expect(answer.body.errors[0].detail).toBe(
      'must be a time with its zone, such as "2026-11-27T09:00:04-03:00" or "2026-11-27T12:00:04Z"; write "+" as "%2B".',
    );
  });

  it('with a field that there is not is told those that there are', async () => {
    const answer = await api.call('GET', '/v1/orders?page=2', { token: reader });

    expect(answer.body.errors[0].detail).toContain('Known: status, platform, changed_after, cursor, limit.');
  });
});

describe('a problem', () => {
  it('has the form of RFC 9457, names its request, and is never kept by a cache', async () => {
    const answer = await api.call('GET', '/v1/orders?limit=0', { token: reader });

    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-request-id': answer.body.requestId,
    });
    expect(answer.body).toMatchObject({
      type: expect.stringMatching(/docs\/api\.md#problem-request-invalid$/),
      title: expect.any(String),
      status: 422,
      detail: expect.any(String),
    });
  });

  it('repeats nothing of what was sent', async () => {
    const person = 'Juana-Planted';
    const answers = await Promise.all([
      api.call('GET', `/v1/${person}`),
      api.call('GET', `/v1/orders?${person}=1&status=${person}`, { token: reader }),
      api.call('GET', `/v1/orders?cursor=${person}`, { token: reader }),
      api.call('GET', `/v1/orders/shop:s:${person}`, { token: reader }),
      api.call('POST', ACKNOWLEDGE, { token: reader, body: { [person]: person, version: person } }),
      api.call('POST', ACKNOWLEDGE, { token: reader, body: `{"${person}"` }),
      api.call('GET', '/v1/orders', { headers: { authorization: person } }),
    ]);

    for (const { status, text, headers } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text + JSON.stringify(headers)).not.toContain(person);
    }
    expect(JSON.stringify(api.lines)).not.toContain(person);
  });
});

describe('what is refused', () => {
  const commander = api.token(['orders:read', 'commands']);
  const asked = (method: string, url: string, body?: unknown, token: string | undefined = commander) =>
    api.call(method, url, {
      ...(token === undefined ? {} : { token }),
      headers: { 'idempotency-key': `key-of-${method}-${url.length}` },
      ...(body === undefined ? {} : { body }),
    });
  const items = async () => {
    const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: tables.table }));
    return Items;
  };

  it.each([
    ['an unknown route', () => asked('POST', '/v1/nothing', good), 404],
    ['a wrong method', () => asked('POST', '/v1/orders', good), 405],
    ['a mistyped token', () => asked('POST', ACKNOWLEDGE, good, mistyped(commander)), 401],
    ['a missing scope', () => asked('POST', ACKNOWLEDGE, good, api.token(['stock'])), 403],
    ['no JSON', () => asked('POST', ACKNOWLEDGE, '{"erpId":'), 400],
    ['a wrong field', () => asked('POST', ACKNOWLEDGE, { ...good, version: 0 }), 422],
    ['a large body', () => asked('POST', ACKNOWLEDGE, { ...good, erpId: 'x'.repeat(5_000) }), 413],
    ['no commands', () => asked('POST', '/v1/commands', { items: [] }), 422],
    ['an unknown order', () => asked('POST', '/v1/orders/shop:s:none/acknowledge', good), 404],
    ['a cursor of none', () => asked('GET', '/v1/events?after=1234'), 400],
  ])('%s leaves nothing in the tables', async (_, ask, status) => {
    const before = await items();

    const answer = await ask();

    expect(answer.status).toBe(status);
    expect(await items()).toEqual(before);
  });
});

describe('what is not there', () => {
  it('is told to a request for an unknown order', async () => {
    const got = await api.call('GET', '/v1/orders/shop:s:none', { token: reader });
    const acknowledged = await api.call('POST', '/v1/orders/shop:s:none/acknowledge', {
      token: reader,
      body: good,
    });

    for (const { status, body } of [got, acknowledged])
      expect([status, body.code]).toEqual([404, 'order-unknown']);
  });
});

describe('while something does not answer', () => {
  it('the secret: a request is answered 503 with the time to wait, and no token is taken from an old copy', async () => {
    api.clock.move(61_000);
    api.secret.failing = true;

    const answer = await api.call('GET', '/v1/health', { token: reader });
    api.secret.failing = false;
    api.clock.move(10_000);

    expect([answer.status, answer.body.code, answer.body.retry]).toEqual([503, 'unavailable', 'after']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('the table: a request is answered 503 with the time to wait', async () => {
    const dead = {
      send: async () => {
        throw Object.assign(new Error('planted'), {
          name: 'ProvisionedThroughputExceededException',
          $metadata: {},
        });
      },
    } as unknown as DynamoDBDocumentClient;

    const answer = await api.callThrough(dead, 'GET', '/v1/orders', { token: reader });

    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
    expect(answer.text).not.toContain('planted');
  });

  it('a mistake of ours is answered 500 without its text, and stands in the log', async () => {
    const broken = {
      send: async () => {
        throw new TypeError('planted');
      },
    } as unknown as DynamoDBDocumentClient;

    const answer = await api.callThrough(broken, 'GET', '/v1/orders', { token: reader });

    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('planted');
    expect(api.lines.some(({ level, message }) => level === 'error' && message.includes('500'))).toBe(true);
  });
});

describe('other methods', () => {
  it('HEAD is answered as GET without the body', async () => {
    await api.orders.put(rowOf('headed'), 0);

    const got = await api.call('GET', '/v1/orders/shop:s:headed', { token: reader });
    const head = await api.call('HEAD', '/v1/orders/shop:s:headed', { token: reader });

    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.etag).toBe(got.headers.etag);
  });

  it('OPTIONS is answered with the methods, without a token', async () => {
    const answer = await api.call('OPTIONS', '/v1/orders/shop:s:1');

    expect([answer.status, answer.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
  });
});
