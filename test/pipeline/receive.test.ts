import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReceiver, RECEIVER_PATIENCE, receive, receivingOf } from '../../functions/pipeline/receive.ts';
import { MAX_BODY_BYTES } from '../../functions/pipeline/webhook-request.ts';
import { unpack } from '../../functions/runtime/queue.ts';
import { SIGNATURE_HEADER, signatureOf } from '../support/bazaar/api.ts';
import { openBazaar } from '../support/bazaar/bench.ts';
import type { BazaarKind } from '../support/bazaar/intake.ts';
import { APP_SECRET } from '../support/bazaar/settings.ts';
import { payloadOf } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

interface Post {
  path?: string;
  secret?: string;
  signature?: string;
  base64?: boolean;
  method?: string;
  headers?: Record<string, string>;
}

function open(kind: BazaarKind = {}, stores: [string, ...string[]] = ['s']) {
  const bed = openBazaar(tables, { stores, ...kind });
  const receiver = createReceiver(receivingOf(bed.deployed), bed.runtime);
  const post = (body: string | Uint8Array, options: Post = {}) => {
    const { path = '/webhooks/bazaar', secret = APP_SECRET.clientSecret } = options;
    const { base64 = typeof body !== 'string' } = options;
    const event = {
      headers: { [SIGNATURE_HEADER]: options.signature ?? signatureOf(body, secret), ...options.headers },
      rawPath: path,
      requestContext: { requestId: 'req-1', http: { method: options.method ?? 'POST' } },
      body: base64 ? Buffer.from(body).toString('base64') : body,
      isBase64Encoded: base64,
    };
    return receive(receiver, event as unknown as APIGatewayProxyEventV2);
  };
  const bytes = (at = 0) => Buffer.from(unpack(payloadOf(bed.queue.sent[at]!.message)));
  return { ...bed, post, bytes };
}

describe('a webhook', () => {
  it('is answered 200 with an empty body once the queue has the very bytes', async () => {
    const bed = open();

    const answer = await bed.post('{ "order" : 1 }');

    expect(answer).toMatchObject({ statusCode: 200, body: '', headers: { 'x-correlation-id': 'req-1' } });
    expect(bed.queue.sent).toHaveLength(1);
    expect(bed.queue.sent[0]?.message).toEqual({
      v: 1,
      kind: 'received',
      via: 'webhook',
      topic: 'event',
      correlationId: 'req-1',
      receivedAt: bed.clock.now(),
      attempts: 0,
      payload: expect.anything() as object,
    });
    expect(bed.bytes().toString()).toBe('{ "order" : 1 }');
    expect(bed.metrics.total('WebhookAccepted')).toBe(1);
    expect(bed.metrics.seen('WebhookRefused')).toBe(false);
  });

  it('is refused without an alarm while nobody has filled in the secret, so that the platform sends it again', async () => {
    const bed = open();
    bed.secrets.set('secret:app', { unused: 'q8jx' });

    const answer = await bed.post('{}');

    expect(answer.statusCode).toBe(401);
    expect(bed.queue.sent).toEqual([]);
    expect(bed.metrics.total('NotConnected')).toBe(1);
    expect(bed.metrics.seen('WebhookNotQueued')).toBe(false);
    expect(bed.metrics.seen('WebhookBadSignature')).toBe(false);
  });

  it('that came base64-encoded is taken as the bytes it stands for', async () => {
    const bed = open();

    await bed.post(Buffer.from('{"name":"ñandú"}'));

    expect(bed.bytes().toString()).toBe('{"name":"ñandú"}');
  });

  it('with a wrong signature is refused before anyone looks at the body, counted, and never logged', async () => {
    const bed = open();

    const answer = await bed.post('not even json: secret-body', { secret: 'somebody-elses' });

    expect(answer.statusCode).toBe(401);
    expect(bed.metrics.total('WebhookBadSignature')).toBe(1);
    expect(bed.queue.sent).toHaveLength(0);
    expect(JSON.stringify(bed.log.lines)).not.toContain('secret-body');
  });

  it.each([
    ['', 400, /empty/],
    ['{"order":', 400, /not JSON/],
    ['<html>', 400, /not JSON/],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, /not UTF-8/],
    [`${'['.repeat(70)}${']'.repeat(70)}`, 400, /nested/],
    [`"${'x'.repeat(MAX_BODY_BYTES)}"`, 413, /at most 1048576/],
  ])('with the body %j is refused with %i and the reason', async (body, status, reason) => {
    const bed = open();

    const answer = await bed.post(body);

    expect(answer.statusCode).toBe(status);
    expect(JSON.parse(answer.body ?? '{}')).toMatchObject({
      message: expect.stringMatching(reason) as string,
      next: expect.stringMatching(/^Send /) as string,
      correlationId: 'req-1',
    });
    expect(bed.metrics.total('WebhookRefused')).toBe(1);
    expect(bed.queue.sent).toHaveLength(0);
  });

  it('may begin with a byte order mark, which is stored as it was sent', async () => {
    const bed = open();
    const body = Buffer.from('\uFEFF{"order":1}');

    const answer = await bed.post(body);

    expect(answer.statusCode).toBe(200);
    expect(bed.bytes().equals(body)).toBe(true);
  });

  it('with two byte order marks is no JSON', async () => {
    expect((await open().post('\uFEFF\uFEFF{}')).statusCode).toBe(400);
  });

  it('is taken where its signature was sent twice, which the API joins by a comma', async () => {
    const bed = open();
    const signature = signatureOf('{}', APP_SECRET.clientSecret);

    const twice = await bed.post('{}', { signature: `${signature}, ${signature}` });
    const other = await bed.post('{}', { signature: `${signature},${'0'.repeat(64)}` });

    expect([twice.statusCode, other.statusCode]).toEqual([200, 401]);
  });

  it('is taken at its path with a slash behind it', async () => {
    const bed = open();

    const answer = await bed.post('{}', { path: '/webhooks/bazaar/' });

    expect(answer.statusCode).toBe(200);
    expect(bed.queue.sent[0]?.message).toMatchObject({ topic: 'event' });
  });

  it('is not nested by brackets inside of strings', async () => {
    const bed = open();

    const answer = await bed.post(JSON.stringify({ note: `\\"${'['.repeat(500)}` }));

    expect(answer.statusCode).toBe(200);
  });

  it('is answered 503 when the queue refuses, so that the platform sends it again', async () => {
    const bed = open();
    bed.queue.refusing = 1;

    const answer = await bed.post('{}');

    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    expect(bed.metrics.total('WebhookNotQueued')).toBe(1);
    expect(bed.metrics.total('WebhookAccepted')).toBe(0);
  });

  it('is answered 503 when the secret cannot be read, and never taken for a forged one', async () => {
    const bed = open();
    bed.secrets.clear();

    const answer = await bed.post('{}');

    expect(answer.statusCode).toBe(503);
    expect(bed.metrics.seen('WebhookBadSignature')).toBe(false);
  });

  it('is never lost and never makes the receiver throw: any body is queued whole or refused', async () => {
    const bed = open();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string(), fc.uint8Array({ maxLength: 500 })), async (body) => {
        bed.queue.sent.length = 0;
        const bytes = Buffer.from(body as string);
        const { statusCode } = await bed.post(bytes);
        if (statusCode === 200) expect(bed.bytes().equals(bytes)).toBe(true);
        else expect([400, 413]).toContain(statusCode);
      }),
    );
  });
});

describe('a compressed webhook', () => {
  const gzip = { headers: { 'content-encoding': 'gzip' } };

  it('is signed as it was sent, and queued as the document that is in it', async () => {
    const bed = open();

    const answer = await bed.post(gzipSync('{"order":1}'), gzip);

    expect(answer.statusCode).toBe(200);
    expect(bed.bytes().toString()).toBe('{"order":1}');
  });

  it.each(['x-gzip', 'GZIP', 'gzip, gzip', 'identity, gzip'])('may call it %s', async (encoding) => {
    const bed = open();

    const answer = await bed.post(gzipSync('{}'), { headers: { 'content-encoding': encoding } });

    expect(answer.statusCode).toBe(encoding.includes('identity') ? 415 : 200);
  });

  it.each([
    ['grows to more than 1 MiB', gzipSync(`"${'x'.repeat(MAX_BODY_BYTES)}"`), 413, /at most 1048576/],
    ['grows to a gigabyte', gzipSync(Buffer.alloc(64 * 1024 * 1024)), 413, /at most 1048576/],
    ['is not gzip', Buffer.from('{}'), 400, /not gzip/],
    ['is cut off', gzipSync('{"order":1}').subarray(0, 12), 400, /not gzip/],
    ['holds no JSON', gzipSync('<html>'), 400, /not JSON/],
  ])('that %s is refused with the reason', async (_, body, status, message) => {
    const bed = open();

    const answer = await bed.post(body, gzip);

    expect([answer.statusCode, answer.body]).toEqual([status, expect.stringMatching(message)]);
    expect(bed.queue.sent).toEqual([]);
    expect(bed.metrics.total('WebhookRefused')).toBe(1);
  });

  it.each([
    ['br', gzipSync('{}'), true],
    ['deflate, gzip', gzipSync('{}'), true],
    ['gzip', '{"arrived":"as text"}', false],
  ])(
    'in a way that we cannot read (%s) is answered 415, and costs no secret',
    async (encoding, body, base64) => {
      const bed = open();

      const answer = await bed.post(body, { headers: { 'content-encoding': encoding }, base64 });

      expect(answer).toMatchObject({ statusCode: 415, headers: { 'accept-encoding': 'gzip, identity' } });
      expect(JSON.parse(answer.body ?? '{}')).toMatchObject({
        message: expect.stringMatching(/./) as string,
        next: expect.stringContaining('gzip') as string,
      });
      expect(bed.awsCalls()).toEqual({ secrets: 0, queue: 0 });
    },
  );
});

describe('the routes of a platform', () => {
  it.each([
    ['/webhooks/bazaar', 'event'],
    ['/webhooks/bazaar/erase-customer', 'erase-customer'],
    ['/webhooks/bazaar/erase-store', 'erase-store'],
    ['/webhooks/bazaar/export-customer', 'export-customer'],
  ])('tell what comes in at %s: %s', async (path, topic) => {
    const bed = open();

    await bed.post('{}', { path });

    expect(bed.queue.sent[0]?.message).toMatchObject({ topic });
    expect(bed.queue.sent[0]?.message).not.toHaveProperty('storeId');
  });

  it.each(['/webhooks/other', '/webhooks/bazaar//', '/webhooks/bazaar/s', '/', ''])(
    'do not hold %s: 404, whatever its signature, counted, and nothing is read or queued',
    async (path) => {
      const bed = open();

      const answer = await bed.post('{}', { path });

      expect(answer.statusCode).toBe(404);
      expect(answer.body).toContain('outputs of the deployment');
      expect(bed.metrics.total('WebhookAstray')).toBe(1);
      expect(bed.awsCalls()).toEqual({ secrets: 0, queue: 0 });
    },
  );

  it('name a wrong path in the log by the path of ours that it begins with, never by its own text', async () => {
    const bed = open();

    await bed.post('{}', { path: '/webhooks/bazaar/Ana-Maria-Perez' });

    expect(bed.log.lines).toMatchObject([{ level: 'warn', fields: { nearest: '/webhooks/bazaar' } }]);
    expect(JSON.stringify(bed.log.lines)).not.toContain('Perez');
  });

  it.each(['GET', 'PUT', 'HEAD'])('take no %s: 405 with what they take, counted', async (method) => {
    const bed = open();

    const answer = await bed.post('{}', { method });

    expect(answer).toMatchObject({ statusCode: 405, headers: { allow: 'POST' } });
    expect(bed.metrics.total('WebhookAstray')).toBe(1);
    expect(bed.awsCalls()).toEqual({ secrets: 0, queue: 0 });
  });

  it('are one for each store where stores have their own, each with the secret of its store', async () => {
    // Arrange
    const bed = open({ webhooksPer: 'store' }, ['north', 'south']);
    for (const store of ['north', 'south'])
      bed.setSecret({ accessToken: 'a', hookSecret: `hook-${store}` }, store);

    // Act
    const path = '/webhooks/bazaar/south';
    const own = await bed.post('{}', { path, secret: 'hook-south' });
    const others = await bed.post('{}', { path, secret: 'hook-north' });
    const shared = await bed.post('{}', { path, secret: APP_SECRET.clientSecret });
    const common = await bed.post('{}', { path: '/webhooks/bazaar', secret: 'hook-south' });

    // Assert
    expect([own, others, shared, common].map(({ statusCode }) => statusCode)).toEqual([200, 401, 401, 404]);
    expect(bed.queue.sent).toMatchObject([{ message: { storeId: 'south', topic: 'event' } }]);
  });

  it('are none of a platform that sends no webhooks', () => {
    const bed = openBazaar(tables, { stores: ['s'] });
    const { webhook: _, ...silent } = bed.platform;

    expect(() => receivingOf({ ...bed.deployed, platform: silent })).toThrow('sends no webhooks');
  });
});

describe('proof of origin during a rotation', () => {
  it('reads a secret again that was replaced a moment ago, and loses no webhook', async () => {
    const bed = open();
    await bed.post('{}');
    bed.clock.move(20_000);
    bed.secrets.set('secret:app', { ...APP_SECRET, clientSecret: 'new', previousClientSecret: 'app-secret' });

    const answers = [await bed.post('{}', { secret: 'new' }), await bed.post('{}', { secret: 'app-secret' })];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(bed.queue.sent).toHaveLength(3);
  });

  it('takes what its copy proves while Secrets Manager does not answer, for an hour', async () => {
    // Arrange
    const bed = open();
    await bed.post('{}');
    bed.secretsFail(new Error('no answer'));

    // Act
    const statuses = [];
    for (const minutes of [6, 30, 23]) {
      bed.clock.move(minutes * 60_000);
      statuses.push((await bed.post('{}')).statusCode);
    }
    bed.clock.move(2 * 60_000);
    const tooOld = await bed.post('{}');

    // Assert
    expect(statuses).toEqual([200, 200, 200]);
    expect(tooOld.statusCode).toBe(503);
  });

  it('refuses a forged webhook as forged while Secrets Manager does not answer, and raises no other alarm', async () => {
    const bed = open();
    await bed.post('{}');
    bed.secretsFail(new Error('no answer'));
    bed.clock.move(20_000);

    const answer = await bed.post('{}', { secret: 'forged' });

    expect(answer.statusCode).toBe(401);
    expect(bed.metrics.total('WebhookBadSignature')).toBe(1);
    expect(bed.metrics.total('WebhookNotQueued')).toBe(0);
  });
});

describe('what one request of a stranger costs', () => {
  const flood = async (bed: ReturnType<typeof open>, options: Post) => {
    for (let request = 0; request < 1000; request += 1) {
      await bed.post('{}', options);
      bed.clock.move(10);
    }
    return bed.awsCalls();
  };

  it.each([
    ['without a proof', { signature: '' }],
    ['with something that can be no proof', { signature: 'x' }],
    ['to another path', { path: '/wp-login.php' }],
    ['compressed in its own way', { headers: { 'content-encoding': 'zstd' } }],
  ])('%s: no call to AWS', async (_, options) => {
    expect(await flood(open(), options)).toEqual({ secrets: 0, queue: 0 });
  });

  it('forged well: the secret once, and once more in ten seconds', async () => {
    expect(await flood(open(), { secret: 'forged' })).toEqual({ secrets: 2, queue: 0 });
  });

  it('forged while the secret is not filled in: one reading in ten seconds', async () => {
    const bed = open();
    bed.secrets.clear();

    expect(await flood(bed, { secret: 'forged' })).toEqual({ secrets: 1, queue: 0 });
  });

  it('all at once: one reading of the secret', async () => {
    const bed = open();
    bed.secrets.clear();

    await Promise.all(Array.from({ length: 200 }, () => bed.post('{}', { secret: 'forged' })));

    expect(bed.awsCalls()).toEqual({ secrets: 1, queue: 0 });
  });
});

describe('the receiver’s patience', () => {
  /** The most impatient platform hangs up after this (ms); the rest is for starting and for the way back. */
  const PLATFORM_WAITS_MS = 3000;
  const START_AND_BACK_MS = 400;
  /** The secret, and the queue. */
  const CALLS = 2;

  it('ends before the platform hangs up, also when it starts cold and all AWS calls hang: 3 s (documented)', () => {
    const { attempts, answerMs } = RECEIVER_PATIENCE;

    expect(CALLS * attempts * answerMs).toBeLessThanOrEqual(PLATFORM_WAITS_MS - START_AND_BACK_MS);
  });
});
