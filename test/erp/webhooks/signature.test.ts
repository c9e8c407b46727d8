import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  newSigningSecret,
  signedHeaders,
  signingSecretSchema,
} from '../../../functions/erp/webhooks/signature.ts';

const RECEIVER = join(import.meta.dirname, '../../../docs/webhook-receiver.mjs');
type Headers = Record<string, string | undefined>;
const { verify } = (await import(RECEIVER)) as {
  verify(secrets: readonly string[], headers: Headers, body: string, nowS?: number): boolean;
};

/** The vector that the libraries of Standard Webhooks are tested with. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  sentAtS: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
/** Of another message, in their test of several signatures. */
const FOREIGN = 'Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
const headers: Headers = {
  'webhook-id': VECTOR.id,
  'webhook-timestamp': String(VECTOR.sentAtS),
  'webhook-signature': VECTOR.signature,
};
const checks = (
  changes: Headers,
  { secrets = [VECTOR.secret], nowS = VECTOR.sentAtS, body = VECTOR.body } = {},
) => verify(secrets, { ...headers, ...changes }, body, nowS);

describe("Standard Webhooks' own vector", () => {
  it('is what we sign', () => {
    expect(signedHeaders([VECTOR.secret], VECTOR)).toEqual(headers);
  });

  it('is what the example receiver verifies, with the prefix of the secret and without', () => {
    expect(checks({})).toBe(true);
    expect(checks({}, { secrets: [VECTOR.secret.slice('whsec_'.length)] })).toBe(true);
  });

  it('is verified among other signatures', () => {
    const several = [`v1,${FOREIGN}`, `v2,${FOREIGN}`, VECTOR.signature, `v1,${FOREIGN}`].join(' ');

    expect(checks({ 'webhook-signature': several })).toBe(true);
  });

  it.each<[string, Headers]>([
    ['no id', { 'webhook-id': undefined }],
    ['no timestamp', { 'webhook-timestamp': undefined }],
    ['a timestamp that is none', { 'webhook-timestamp': 'hello' }],
    ['no signature', { 'webhook-signature': undefined }],
    ['a signature of something else', { 'webhook-signature': `v1,${FOREIGN}` }],
    ['a signature that is none', { 'webhook-signature': 'v1,dawfeoifkpqwoekfpqoekf' }],
    ['a part of the signature', { 'webhook-signature': VECTOR.signature.slice(0, 8) }],
    ['an empty signature', { 'webhook-signature': 'v1,' }],
    ['the signature as of another version', { 'webhook-signature': VECTOR.signature.replace('v1', 'v2') }],
  ])('is refused with %s', (_, changes) => {
    expect(checks(changes)).toBe(false);
  });

  it.each([
    [-300, true],
    [-301, false],
    [300, true],
    [301, false],
  ])('is taken within five minutes: %i s, %s', (seconds, taken) => {
    expect(checks({}, { nowS: VECTOR.sentAtS + seconds })).toBe(taken);
  });

  it('is refused with another body or secret', () => {
    expect(checks({}, { body: '{"test": 2432232315}' })).toBe(false);
    expect(checks({}, { secrets: [newSigningSecret()] })).toBe(false);
    expect(checks({}, { secrets: [] })).toBe(false);
  });

  it.each(['', 'whsec_', 'whsec_c2hvcnQ='])(
    'is proved by no secret that is empty or short: "%s"',
    (secret) => {
      const forged = signedHeaders([secret], VECTOR);

      expect(checks(forged, { secrets: [secret] })).toBe(false);
      // As two spaces between two secrets leave one behind.
      expect(checks(forged, { secrets: [VECTOR.secret, secret] })).toBe(false);
    },
  );
});

describe('a delivery', () => {
  it('is verified by whoever knows either secret while they are rotated', () => {
    const [before, after] = [newSigningSecret(), newSigningSecret()];
    const both = signedHeaders([after, before], VECTOR);

    for (const secrets of [[before], [after], [after, before]])
      expect(verify(secrets, both, VECTOR.body, VECTOR.sentAtS)).toBe(true);
    expect(verify([newSigningSecret()], both, VECTOR.body, VECTOR.sentAtS)).toBe(false);
  });

  it('is verified whatever its id and body hold, and its headers are headers', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: 'grapheme' }),
        (id, body) => {
          const signed = signedHeaders([VECTOR.secret], { id, sentAtS: VECTOR.sentAtS, body });

          expect(() => new Headers(signed)).not.toThrow();
          expect(new Headers(signed).get('webhook-id')).toBe(signed['webhook-id']);
          expect(verify([VECTOR.secret], signed, body, VECTOR.sentAtS)).toBe(true);
        },
      ),
    );
  });
});

it('a signing secret has 24 to 64 bytes in base64', () => {
  expect(signingSecretSchema.safeParse(newSigningSecret()).success).toBe(true);
  expect(signingSecretSchema.safeParse(VECTOR.secret).success).toBe(true);
  for (const wrong of ['', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(100)}`, VECTOR.secret.slice(6)])
    expect(signingSecretSchema.safeParse(wrong).success).toBe(false);
});

describe('the example receiver', () => {
  it('has no more than 40 lines', () => {
    expect(readFileSync(RECEIVER, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });

  it('stores what is signed, once, and nothing else', async () => {
    const { url, folder } = await started([VECTOR.secret]);
    const now = Math.floor(Date.now() / 1000);
    const body = '{"seq":1,"type":"order.created"}';
    const signed = signedHeaders([VECTOR.secret], { id: 'e-1', sentAtS: now, body });
    const post = (init: { headers: Headers; body: string }) =>
      fetch(url, { method: 'POST', headers: init.headers as Record<string, string>, body: init.body }).then(
        ({ status }) => status,
      );

    const answers = [
      await post({ headers: signed, body }),
      await post({ headers: signed, body }),
      await post({ headers: signed, body: body.replace('1', '2') }),
      await post({ headers: {}, body }),
      await post({ headers: signed, body: 'x'.repeat(200_000) }),
    ];

    expect(answers).toEqual([204, 204, 401, 401, 401]);
    const [file, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(readFileSync(join(folder, file!), 'utf8')).toBe(body);
  });
});

/** The receiver as somebody runs it. */
async function started(secrets: readonly string[]): Promise<{ url: string; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'receiver-'));
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [RECEIVER, folder, String(port)], {
    env: { WEBHOOK_SECRETS: secrets.join(' ') },
    stdio: 'inherit',
  });
  onTestFinished(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}/`;
  await expect
    .poll(
      () =>
        fetch(url).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 10_000 },
    )
    .toBe(401);
  return { url, folder };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
