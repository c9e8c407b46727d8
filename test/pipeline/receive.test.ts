import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createReceiver,
  MAX_BODY_BYTES,
  RECEIVER_PATIENCE,
  receive,
  verifyWithRotation,
} from '../../functions/pipeline/receive.ts';
import { unpack } from '../../functions/runtime/queue.ts';
import { SIGNATURE_HEADER, signatureOf } from '../support/bazaar/api.ts';
import { openBazaar } from '../support/bazaar/bench.ts';
import type { BazaarKind } from '../support/bazaar/platform.ts';
import { APP_SECRET } from '../support/bazaar/settings.ts';
import { movedClock, payloadOf } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

interface Post {
  path?: string;
  secret?: string;
  signature?: string;
  base64?: boolean;
}

function open(kind: BazaarKind = {}, stores: [string, ...string[]] = ['s']) {
  const bed = openBazaar(tables, { stores, ...kind });
  const receiver = createReceiver(bed.deployed, bed.runtime);
  const post = (body: string | Uint8Array, options: Post = {}) => {
    const { path = '/webhooks/bazaar', secret = APP_SECRET.clientSecret } = options;
    const { base64 = typeof body !== 'string' } = options;
    const event = {
      headers: { [SIGNATURE_HEADER]: options.signature ?? signatureOf(body, secret) },
      rawPath: path,
      requestContext: { requestId: 'req-1' },
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
    expect(bed.metrics.seen('WebhookRefused')).toBe(true);
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
      correlationId: 'req-1',
    });
    expect(bed.metrics.total('WebhookRefused')).toBe(1);
    expect(bed.queue.sent).toHaveLength(0);
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

  it.each(['/webhooks/other', '/webhooks/bazaar/', '/webhooks/bazaar/s'])(
    'do not hold %s: 404, whatever its signature, and nothing is queued',
    async (path) => {
      const bed = open();

      const answer = await bed.post('{}', { path });

      expect(answer.statusCode).toBe(404);
      expect(bed.queue.sent).toEqual([]);
    },
  );

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

    expect(() => createReceiver({ ...bed.deployed, platform: silent }, bed.runtime)).toThrow(
      'sends no webhooks',
    );
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

  /** A secret store that counts its reads; `held` is what this instance read last. */
  function rotation(stored: string[]) {
    const clock = movedClock();
    const state = { stored, held: stored, reads: 0 };
    const secret = {
      get: async () => state.held,
      fresh: async () => {
        state.reads += 1;
        state.held = state.stored;
        return state.held;
      },
    };
    const verify = verifyWithRotation(
      secret,
      {
        secrets: (value) => [...(value as string[]), '', undefined],
        verify: ({ headers }, secrets) =>
          secrets.includes(headers.verification ?? '') ? { valid: true } : { valid: false, reason: 'wrong' },
      },
      clock,
    );
    const of = (verification: string) => verify({ headers: { verification }, body: new Uint8Array() });
    return { state, clock, verify: of };
  }

  it('reads it once for the new secret, and keeps taking the previous one', async () => {
    const { state, verify } = rotation(['old']);
    state.stored = ['new', 'old'];

    expect(await verify('new')).toEqual({ valid: true });
    expect(await verify('old')).toEqual({ valid: true });
    expect(state.reads).toBe(1);
  });

  it('does not read the secret again for every forged webhook', async () => {
    const { state, clock, verify } = rotation(['right']);

    for (let second = 0; second < 20; second += 1) {
      expect(await verify('forged')).toEqual({ valid: false, reason: 'wrong' });
      clock.move(1000);
    }

    expect(state.reads).toBe(2);
  });

  it('never takes an empty secret for one', async () => {
    const { verify } = rotation(['']);

    expect(await verify('')).toMatchObject({ valid: false });
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
