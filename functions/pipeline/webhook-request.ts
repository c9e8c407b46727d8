import { nestsWithin } from '../domain/json-text.ts';
import { strictTextOf } from '../http/answer.ts';
import type { RawRequest, Verification, WebhookProof } from '../platforms/intake.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Secret } from '../runtime/secrets.ts';
import type { Log } from '../runtime/telemetry.ts';
import { zlib } from '../runtime/zlib.ts';

/** Largest body a webhook may have, in bytes, as it was sent and once it is decompressed. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** Deeper than any document a platform sends; a bound for whoever reads it later. */
const MAX_DEPTH = 64;

/** Why a request is not taken on: what is wrong, what its sender does next, and the status that says so. */
export interface Refusal {
  readonly status: 400 | 401 | 404 | 405 | 413 | 415 | 503;
  readonly message: string;
  readonly next: string;
}

const tooLarge = (bytes: string): Refusal => ({
  status: 413,
  message: `the body has ${bytes} bytes; at most ${MAX_BODY_BYTES} are taken`,
  next: 'Send what changed in smaller pieces.',
});

const notADocument = (message: string): Refusal => ({
  status: 400,
  message,
  next: 'Send one JSON document in UTF-8.',
});

const unsupported = (message: string): Refusal => ({
  status: 415,
  message,
  next: 'Send the body without content-encoding, or compressed with gzip under the type application/octet-stream.',
});

/** How a body was compressed, as its header says; a refusal where we cannot read it, whatever is in it. */
export function encodingOf(
  header: string | undefined,
  arrivedAsText: boolean,
): 'identity' | 'gzip' | Refusal {
  // The API joins repeated headers by commas. A body that is compressed twice is nobody's.
  const codings = new Set((header ?? '').toLowerCase().split(',').map(plainCoding).filter(Boolean));
  const [coding = 'identity', ...more] = codings;
  if (more.length > 0 || (coding !== 'identity' && coding !== 'gzip'))
    return unsupported('the content-encoding of the body is not one that we read');
  // Text comes out of the API's event with what is no UTF-8 replaced: compressed bytes do not survive that.
  if (coding === 'gzip' && arrivedAsText)
    return unsupported('a compressed body of a text type does not arrive whole');
  return coding;
}

const plainCoding = (coding: string): string => coding.trim().replace(/^x-gzip$/, 'gzip');

/**
 * The document in a webhook's body, which may be compressed: its bytes, or why it is not taken on.
 *
 * @param sent the bytes as they were sent and signed
 */
export function documentIn(
  sent: Uint8Array,
  encoding: 'identity' | 'gzip',
): { bytes: Uint8Array } | { refusal: Refusal } {
  if (sent.byteLength > MAX_BODY_BYTES) return { refusal: tooLarge(String(sent.byteLength)) };
  const opened = encoding === 'gzip' ? decompress(sent) : { bytes: sent };
  if ('refusal' in opened) return opened;
  const problem = jsonProblem(opened.bytes);
  return problem === undefined ? opened : { refusal: notADocument(problem) };
}

function decompress(sent: Uint8Array): { bytes: Uint8Array } | { refusal: Refusal } {
  try {
    return { bytes: zlib().gunzipSync(sent, { maxOutputLength: MAX_BODY_BYTES }) };
  } catch (error) {
    const large = error instanceof RangeError;
    return {
      refusal: large ? tooLarge(`more than ${MAX_BODY_BYTES}`) : notADocument('the body is not gzip'),
    };
  }
}

/**
 * Why bytes are not a JSON document that we take on; `undefined` when they are one. Looks at form only. A byte order mark
 * in front is none of the document's.
 */
export function jsonProblem(body: Uint8Array): string | undefined {
  if (body.byteLength === 0) return 'the body is empty';
  const text = strictTextOf(body);
  if (text === undefined) return 'the body is not UTF-8';
  if (!nestsWithin(text, MAX_DEPTH)) return `the body is nested deeper than ${MAX_DEPTH} levels`;
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    // The parser's own message quotes the body.
    return 'the body is not JSON';
  }
}

/** However many forged webhooks come in, the secret is read again for them at most this often (ms). */
export const REREAD_AT_MOST_EVERY_MS = 10_000;

/** No header of ours is sent more often than this in one request. */
const MOST_COPIES = 4;

/**
 * Verifies origin with a secret that may be replaced while we hold a copy: what the held copy refuses is tried once more
 * with the secret read again, so a rotation loses no webhook. What cannot be read again then proves nothing: the request
 * stays refused.
 *
 * A request that no secret could prove costs no reading of one.
 *
 * @throws SecretUnusable, or the AWS SDK's own error, where there is no secret to verify with.
 */
export function verifyWithRotation(
  secret: Secret<unknown>,
  proof: Pick<WebhookProof, 'secrets' | 'verify'>,
  { clock, log }: { clock: Pick<Clock, 'now'>; log: Log },
): (request: RawRequest) => Promise<Verification> {
  const filled = (credential: unknown) =>
    proof.secrets(credential).filter((text): text is string => text !== undefined && text !== '');
  let rereadAt = Number.NEGATIVE_INFINITY;
  return async (request) => {
    const verify = (secrets: readonly string[]) => verifyEither(proof, request, secrets);
    const hopeless = verify([]);
    if (!hopeless.valid && hopeless.reason !== 'wrong') return hopeless;
    const verification = verify(filled(await secret.get()));
    if (verification.valid || clock.now() - rereadAt < REREAD_AT_MOST_EVERY_MS) return verification;
    rereadAt = clock.now();
    try {
      return verify(filled(await secret.fresh()));
    } catch (error) {
      log.warn('the secret could not be read again for a webhook that its copy refuses; the copy decides', {
        error: describeError(error),
      });
      return verification;
    }
  };
}

/** As it came; and where the same header was sent more than once, as each of them was. */
function verifyEither(
  { verify }: Pick<WebhookProof, 'verify'>,
  request: RawRequest,
  secrets: readonly string[],
): Verification {
  const verification = verify(request, secrets);
  if (verification.valid) return verification;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, value && once(value)]),
  );
  if (Object.entries(headers).every(([name, value]) => value === request.headers[name])) return verification;
  const again = verify({ ...request, headers }, secrets);
  return again.valid || again.reason === 'wrong' ? again : verification;
}

/** The API joins repeated headers by commas (payload format 2.0): equal ones are one, others stay as they came. */
export function once(header: string): string {
  const parts = header.split(',').map((part) => part.trim());
  for (let copies = MOST_COPIES; copies > 1; copies -= 1) {
    const length = parts.length / copies;
    if (!Number.isInteger(length)) continue;
    if (parts.every((part, index) => part === parts[index % length])) return parts.slice(0, length).join(',');
  }
  return header;
}
