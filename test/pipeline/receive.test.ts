import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, type Receiver, receive } from '../../functions/pipeline/receive.ts';
import { unpack } from '../../functions/runtime/unpack.ts';
import { countingMetrics, keptLog, keptQueue, movedClock, payloadOf } from '../support/fakes.ts';

function receiver(valid = true) {
  return {
    platform: 'pedidosya',
    verify: async () => (valid ? { valid: true } : { valid: false, reason: 'wrong' }),
    toMessage: (payload, envelope) => ({ ...envelope, kind: 'pedidosya.webhook', payload }),
    queue: keptQueue(),
    metrics: countingMetrics(),
    log: keptLog(),
    clock: movedClock(),
  } satisfies Receiver;
}

const post = (body: string | Buffer, base64 = typeof body !== 'string'): APIGatewayProxyEventV2 =>
  ({
    headers: {},
    rawPath: '/webhooks/pedidosya',
    requestContext: { requestId: 'req-1' },
    body: base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: base64,
  }) as APIGatewayProxyEventV2;

describe('receive', () => {
  it('answers 200 with an empty body once the queue has the very bytes', async () => {
    const deps = receiver();

    const answer = await receive(deps, post('{ "order_id" : 1 }'));

    expect(answer).toMatchObject({ statusCode: 200, body: '' });
    expect(deps.queue.sent).toHaveLength(1);
    const { message } = deps.queue.sent[0]!;
    expect(message).toMatchObject({ correlationId: 'req-1', receivedAt: deps.clock.now(), attempts: 0 });
    expect(Buffer.from(unpack(payloadOf(message))).toString()).toBe('{ "order_id" : 1 }');
    expect(deps.metrics.total('WebhookAccepted')).toBe(1);
  });

  it('takes a body that came base64-encoded as the bytes it stands for', async () => {
    const deps = receiver();

    await receive(deps, post(Buffer.from('{"name":"ñandú"}')));

    expect(Buffer.from(unpack(payloadOf(deps.queue.sent[0]!.message))).toString()).toBe('{"name":"ñandú"}');
  });

  it('refuses a wrong proof before it looks at the body, counts it, and never logs the body', async () => {
    const deps = receiver(false);

    const answer = await receive(deps, post('not even json: secret-body'));

    expect(answer.statusCode).toBe(401);
    expect(deps.metrics.total('WebhookBadSignature')).toBe(1);
    expect(deps.queue.sent).toHaveLength(0);
    expect(JSON.stringify(deps.log.lines)).not.toContain('secret-body');
  });

  it.each([
    ['', 400, /empty/],
    ['{"order_id":', 400, /not JSON/],
    ['<html>', 400, /not JSON/],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 400, /not UTF-8/],
    [`${'['.repeat(70)}${']'.repeat(70)}`, 400, /nested/],
    [`"${'x'.repeat(MAX_BODY_BYTES)}"`, 413, /at most 1048576/],
  ])('refuses %j with %i and the reason', async (body, status, reason) => {
    const deps = receiver();

    const answer = await receive(deps, post(body));

    expect(answer.statusCode).toBe(status);
    expect(JSON.parse(answer.body ?? '{}')).toMatchObject({
      message: expect.stringMatching(reason),
      correlationId: 'req-1',
    });
    expect(deps.metrics.total('WebhookRefused')).toBe(1);
    expect(deps.queue.sent).toHaveLength(0);
  });

  it('does not count brackets inside strings as nesting', async () => {
    const deps = receiver();

    const answer = await receive(deps, post(JSON.stringify({ note: `\\"${'['.repeat(500)}` })));

    expect(answer.statusCode).toBe(200);
  });

  it('answers 503 when the queue refuses, so that the platform sends it again', async () => {
    const deps = receiver();
    deps.queue.refusing = 1;

    const answer = await receive(deps, post('{}'));

    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    expect(deps.metrics.total('WebhookNotQueued')).toBe(1);
    expect(deps.metrics.total('WebhookAccepted')).toBe(0);
  });

  it('never throws and never loses: any body is queued whole or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string(), fc.uint8Array({ maxLength: 500 })), async (body) => {
        const deps = receiver();
        const bytes = Buffer.from(body as string);
        const { statusCode } = await receive(deps, post(bytes));
        if (statusCode === 200)
          expect(Buffer.from(unpack(payloadOf(deps.queue.sent[0]!.message))).equals(bytes)).toBe(true);
        else expect([400, 413]).toContain(statusCode);
      }),
    );
  });
});
