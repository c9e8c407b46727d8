import { describe, expect, it } from 'vitest';
import type { ApiCall, CallContext, Send } from '../../functions/platforms/calls.ts';
import { openConnection, type StoreConnection } from '../../functions/platforms/connection.ts';
import { LIMIT_HEADERS } from '../support/bazaar/api.ts';
import { type Bazaar, openBazaar } from '../support/bazaar/bench.ts';
import { storeSecret } from '../support/bazaar/settings.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const ORDER = /^\/orders\//;

const callOf = (orderId: string, change: Partial<ApiCall> = {}): ApiCall => ({
  operation: 'orders.get',
  method: 'GET',
  url: `https://bazaar.test/orders/${orderId}`,
  headers: (token) => ({ authorization: `Bearer ${token}` }),
  timeoutMs: 10_000,
  idempotent: true,
  ...change,
});

/** How a call fails whose connection is dropped without an answer. */
const brokenOff = () =>
  Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  });

/** A store whose client is the connection's bare `send`, with a token that a person put into the secret. */
function open(store: string) {
  const bed = openBazaar(tables, {
    stores: [store],
    change: () => ({
      connect(_store, connection) {
        const tokens = connection.fixedToken(
          connection.secret('store', () => storeSecret),
          (held) => held.accessToken,
        );
        return (context) => connection.sender(context, tokens);
      },
    }),
  });
  const { id } = bed.shop.place(store);
  const admitted: string[] = [];
  const connection = openConnection(bed.platform, bed.store(), bed.account) as StoreConnection<Send>;
  const context: CallContext = {
    correlationId: 'c-1',
    admit: async (operation) => void admitted.push(operation),
  };
  const send = (change: Partial<ApiCall> = {}, about: Partial<CallContext> = {}) =>
    connection.api({ ...context, ...about })(callOf(id, change));
  return { ...bed, id, connection, admitted, send, calls: () => bed.shop.calls.length };
}

/** The same store in another container. */
const elsewhere = (bed: Pick<Bazaar, 'platform' | 'store' | 'account'>) =>
  openConnection(bed.platform, bed.store(), bed.account);

describe('a call', () => {
  it('takes its slot before it is made, carries the store’s token, and is counted', async () => {
    const bed = open('plain');

    const { response, failure } = await bed.send();

    expect(failure).toBeUndefined();
    expect(response.status).toBe(200);
    expect(bed.admitted).toEqual(['orders.get']);
    expect(bed.shop.calls).toMatchObject([{ token: bed.shop.tokensOf('plain')?.accessToken }]);
    expect(bed.metrics.total('PlatformCall')).toBe(1);
    expect([bed.metrics.total('PlatformThrottled'), bed.metrics.total('PlatformFailure')]).toEqual([0, 0]);
  });

  it('is not made when there is no slot for it', async () => {
    const bed = open('no-slot');
    const admit = () => Promise.reject(new Error('no slot'));

    await expect(bed.send({}, { admit })).rejects.toThrow('no slot');

    expect(bed.calls()).toBe(0);
  });

  it('is made once more with another token when the token was refused, and takes a second slot', async () => {
    // Arrange: the container holds a token that a person replaced a moment ago.
    const bed = open('renewed');
    await bed.send();
    bed.setSecret(bed.shop.grant('renewed'));

    // Act
    const { failure } = await bed.send({ method: 'POST', idempotent: false });

    // Assert
    expect(failure).toBeUndefined();
    expect(bed.shop.calls.map(({ status }) => status)).toEqual([200, 401, 200]);
    expect(bed.admitted).toHaveLength(3);
  });

  it('is not made once more with the same token', async () => {
    const bed = open('same');
    bed.shop.revoke('same');

    const { failure } = await bed.send();

    expect(failure).toMatchObject({ kind: 'auth-failed' });
    expect(bed.calls()).toBe(1);
  });

  it('waits no longer than the work has time, and is not made when it is used up', async () => {
    const bed = open('time');

    await expect(bed.send({}, { timeLeftMs: () => 0 })).rejects.toMatchObject({ kind: 'retry-later' });

    expect(bed.calls()).toBe(0);
  });

  it('takes another slot before it is repeated over a socket that was closed while idle', async () => {
    const bed = open('socket');
    bed.shop.trouble(ORDER, brokenOff());

    const { failure } = await bed.send();

    expect(failure).toBeUndefined();
    expect(bed.admitted).toHaveLength(2);
  });

  it('may have had its effect when a write broke off and its repetition was refused', async () => {
    const bed = open('broke-off');
    bed.shop.trouble(ORDER, brokenOff(), { after: true });
    bed.shop.trouble(ORDER, { status: 429 });

    const { failure } = await bed.send({ method: 'PATCH' });

    expect(failure).toMatchObject({ throttled: true, outcomeUnknown: true });
  });

  it('may have had its effect still when the repetition was made once more with another token', async () => {
    const bed = open('broke-off-renewed');
    await bed.send();
    bed.setSecret(bed.shop.grant('broke-off-renewed'));
    bed.shop.trouble(ORDER, brokenOff(), { after: true });
    bed.shop.trouble(ORDER, { status: 401 });
    bed.shop.trouble(ORDER, { status: 429 });

    const { failure } = await bed.send({ method: 'PATCH' });

    expect(failure).toMatchObject({ throttled: true, outcomeUnknown: true });
  });

  it('names the secret that is missing, and calls nobody', async () => {
    const bed = open('no-secret');
    bed.secrets.clear();

    await expect(bed.send()).rejects.toThrow('secret:store/no-secret');

    expect(bed.calls()).toBe(0);
  });
});

describe('what an answer tells of the limit', () => {
  it('is stored for every caller of the store', async () => {
    const bed = open('feedback');
    bed.shop.trouble(ORDER, { status: 429, headers: { 'retry-after': '60' } });

    const { failure } = await bed.send();

    expect(failure).toMatchObject({ kind: 'retry-later', throttled: true, retryAfterMs: 60_000 });
    const { granted, retryAt } = await elsewhere(bed).bucket.take(1, 'urgent');
    expect(granted).toBe(0);
    expect(retryAt! - bed.clock.now()).toBeGreaterThan(50_000);
  });

  it('is shown as the fill of the bucket', async () => {
    const bed = open('fill');
    bed.shop.options.headers = { [LIMIT_HEADERS.size]: '100', [LIMIT_HEADERS.left]: '25' };

    await bed.send();

    expect(bed.metrics.total('BucketFillPercent')).toBe(75);
  });

  it('belongs to the limit that the call counted against', async () => {
    const bed = open('own-feedback');
    bed.shop.trouble(ORDER, { status: 429, headers: { 'retry-after': '60' } });

    await bed.send({ limit: 'hooks' });

    expect((await elsewhere(bed).bucket.take(1, 'urgent')).granted).toBe(1);
    await expect(bed.send({ limit: 'hooks' })).rejects.toMatchObject({ throttled: true });
  });

  /** An account whose table takes nothing any more. */
  const withoutTable = (bed: ReturnType<typeof open>) => {
    const dynamo = new Proxy(bed.account.dynamo, {
      get: (target, name) =>
        name === 'send'
          ? () => Promise.reject(new Error('the table is not available'))
          : Reflect.get(target, name),
    });
    return openConnection(bed.platform, bed.store(), { ...bed.account, dynamo }) as StoreConnection<Send>;
  };

  it.each([
    ['answer', { status: 200 }, undefined],
    ['refusal', { status: 422 }, 'refused'],
    ['time to stay away', { status: 429, headers: { 'retry-after': '60' } }, 'retry-later'],
  ] as const)(
    'does not take the place of the platform’s %s when the table cannot store it',
    async (what, answer, kind) => {
      const bed = open(`table-${what.replaceAll(' ', '-')}`);
      const body = JSON.stringify({ said: what });
      const headers = { [LIMIT_HEADERS.size]: '100', [LIMIT_HEADERS.left]: '1' };
      bed.shop.trouble(ORDER, {
        body,
        ...answer,
        headers: { ...headers, ...('headers' in answer ? answer.headers : {}) },
      });
      const api = withoutTable(bed).api({ correlationId: 'c-1', admit: async () => {} });

      const { response, failure } = await api(callOf(bed.id));

      expect(Buffer.from(response.body).toString()).toBe(body);
      expect(failure?.kind).toBe(kind);
      expect(bed.log.lines).toContainEqual({
        level: 'warn',
        message: 'rate-limit feedback could not be stored',
        // Of an error that is not ours the name alone is told.
        fields: { limit: 'api', error: 'Error' },
      });
    },
  );
});

describe('a limit of its own', () => {
  it('takes a slot of that limit, and none of the store’s other calls', async () => {
    const bed = open('own-limit');

    await bed.send({ limit: 'hooks' });

    expect(bed.admitted).toEqual([]);
    const buckets = (await bed.items()).map(({ pk }) => pk).filter((pk) => String(pk).startsWith('bucket#'));
    expect(buckets).toEqual(['bucket#bazaar#hooks#own-limit']);
  });

  it('holds for every caller together, whatever each of them may still call otherwise', async () => {
    // Arrange: two containers call one after the other, until there is no slot any more.
    const bed = open('own-shared');
    const other = elsewhere(bed) as StoreConnection<Send>;
    const context = { correlationId: 'c-2', admit: async () => {} };
    const callOther: Send = (call) => other.api(context)(call);
    const call = callOf(bed.id, { operation: 'hooks.list', limit: 'hooks' });

    // Act
    let refused: unknown;
    for (let made = 0; made < 40 && refused === undefined; made += 1)
      refused = await (made % 2 === 0 ? bed.send(call) : callOther(call)).then(
        () => undefined,
        (error: unknown) => error,
      );

    // Assert
    expect(refused).toMatchObject({ kind: 'retry-later', throttled: true, operation: 'hooks.list' });
    expect(bed.calls()).toBeGreaterThan(2);
    expect(bed.calls()).toBeLessThanOrEqual(20);
  });

  it('that the platform does not have is a bug that says so', async () => {
    const bed = open('no-limit');

    await expect(bed.send({ limit: 'dreams' })).rejects.toThrow('bazaar has no limit "dreams"');
  });
});

describe('a destructive read', () => {
  it('is handed over before anything else, whatever its body and whatever the limit says', async () => {
    const bed = open('destructive');
    const headers = { 'content-type': 'text/html', [LIMIT_HEADERS.size]: '100', [LIMIT_HEADERS.left]: '0' };
    bed.shop.trouble(ORDER, { status: 200, body: '<html>orders?</html>', headers });
    const before = await bed.items();

    const { response, failure } = await bed.send({ destructive: true });

    expect(failure).toBeUndefined();
    expect(Buffer.from(response.body).toString()).toBe('<html>orders?</html>');
    expect(await bed.items()).toEqual(before);
  });

  it('that the platform refused is a failure like any other', async () => {
    const bed = open('destructive-refused');
    bed.shop.trouble(ORDER, { status: 429, headers: { 'retry-after': '5' } });

    const { failure } = await bed.send({ destructive: true });

    expect(failure).toMatchObject({ throttled: true });
  });
});

describe('credentials at hand', () => {
  it('are used, and their secrets never read', async () => {
    const bed = open('given');
    const given = { store: { accessToken: bed.shop.tokensOf('given')!.accessToken } };
    bed.secrets.clear();
    const connection = openConnection(bed.platform, bed.store(), bed.account, given) as StoreConnection<Send>;

    const answer = await connection.api({ correlationId: 'c', admit: async () => {} })(callOf(bed.id));

    expect(answer.failure).toBeUndefined();
  });
});
