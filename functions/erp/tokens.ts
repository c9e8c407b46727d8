import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { type EpochMs, isoTime } from '../domain/time.ts';
import type { Clock } from '../runtime/clock.ts';
import { describeError } from '../runtime/describe-error.ts';
import type { Secret } from '../runtime/secrets.ts';
import type { Log } from '../runtime/telemetry.ts';

/** What a token may be let at. Each route of the API names what it needs. */
export const SCOPES = [
  'orders:read',
  'orders:personal',
  'commands',
  'stock',
  'catalogue',
  'customers',
  'customers:personal',
  'platform:read',
  'platform:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Whoever calls the API, under a name that stays when its token is replaced. */
export interface Client {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
}

/** Name of a token or of a client. */
export const tokenWord = lazily(() => z.string().regex(/^[a-z][a-z0-9-]{1,30}$/));

const storedToken = lazily(() =>
  z.object({
    /** Of the token; no two have the same. */
    name: tokenWord(),
    client: tokenWord(),
    /** Of the whole token, hex. The token itself is nowhere. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Words of a later version stay, and mean nothing here. */
    scopes: z.array(z.string()),
    createdAt: z.string(),
  }),
);
export type StoredToken = z.infer<ReturnType<typeof storedToken>>;

/** The secret with the hashes of all tokens. A new deployment's holds none. */
export const tokensSchema = lazily(() => z.object({ tokens: z.array(storedToken()).default([]) }));
export type Tokens = z.infer<ReturnType<typeof tokensSchema>>;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LETTERS = 32;
const CHECK_LETTERS = 6;
/** 32 letters have 190 bits; the check tells a mistyped token, and scanners of source code, that this is one. */
const FORM = new RegExp(`^acp_([0-9A-Za-z]{${RANDOM_LETTERS}})([0-9A-Za-z]{${CHECK_LETTERS}})$`);

/** CRC-32 of a text (ISO 3309). Node's own comes with all of its compression, 4 ms of a cold start. */
function crc32(letters: string): number {
  let crc = ~0;
  for (const byte of Buffer.from(letters)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const checkOf = (letters: string): string => {
  let rest = crc32(letters);
  let text = '';
  for (let at = 0; at < CHECK_LETTERS; at += 1) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return text;
};

/** Whether a text has the form of a token, check included. */
export function isToken(text: string): boolean {
  const [, letters, check] = FORM.exec(text) ?? [];
  return letters !== undefined && checkOf(letters) === check;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A new token with what the secret keeps of it. The token is shown once and never again. */
export function makeToken(
  about: { name: string; client: string; scopes: readonly Scope[] },
  now: EpochMs,
): { token: string; stored: StoredToken } {
  const letters = Array.from({ length: RANDOM_LETTERS }, () => ALPHABET.charAt(randomInt(ALPHABET.length)));
  const token = `acp_${letters.join('')}${checkOf(letters.join(''))}`;
  const scopes = [...new Set(about.scopes)];
  return {
    token,
    stored: { ...about, scopes, sha256: sha256(token).toString('hex'), createdAt: isoTime(now) },
  };
}

/** The tokens with one more; undefined when there is one of that name. */
export const withToken = ({ tokens }: Tokens, added: StoredToken): Tokens | undefined =>
  tokens.some(({ name }) => name === added.name) ? undefined : { tokens: [...tokens, added] };

/** The tokens without one; undefined when there is none of that name. */
export function withoutToken({ tokens }: Tokens, revoked: string): Tokens | undefined {
  const rest = tokens.filter(({ name }) => name !== revoked);
  return rest.length === tokens.length ? undefined : { tokens: rest };
}

/** How long the hashes are kept in memory, and so how long a revoked token may still be taken (ms). */
export const TOKENS_CACHED_MS = 60_000;
/** However many unknown tokens come, the secret is read again for them at most this often (ms). */
export const UNKNOWN_TOKEN_REREAD_MS = 10_000;

/** Finds out who calls. */
export interface TokenReader {
  /**
   * The client of a token; undefined for one that there is not, or not any more. A text that has not the form of a token
   * costs no reading of the secret.
   *
   * @throws SecretUnusable, or the AWS SDK's own error, when the secret cannot be read.
   */
  clientOf(token: string): Promise<Client | undefined>;
}

/** @param secret cached no longer than {@link TOKENS_CACHED_MS} */
export function createTokenReader(
  secret: Secret<Tokens>,
  { clock, log }: { clock: Pick<Clock, 'now'>; log: Log },
): TokenReader {
  let rereadAt = Number.NEGATIVE_INFINITY;
  const reread = async (): Promise<Tokens | undefined> => {
    if (clock.now() - rereadAt < UNKNOWN_TOKEN_REREAD_MS) return undefined;
    rereadAt = clock.now();
    try {
      return await secret.fresh();
    } catch (error) {
      log.warn('the tokens could not be read again for one that their copy does not know; the copy decides', {
        error: describeError(error),
      });
      return undefined;
    }
  };
  return {
    async clientOf(token) {
      if (!isToken(token)) return undefined;
      const hash = sha256(token);
      const known = find(await secret.get(), hash);
      if (known !== undefined) return known;
      const again = await reread();
      return again === undefined ? undefined : find(again, hash);
    },
  };
}

/** Compares with all of them, each in constant time: how long it takes says nothing of what is stored. */
function find({ tokens }: Tokens, hash: Buffer): Client | undefined {
  let found: StoredToken | undefined;
  for (const token of tokens) if (timingSafeEqual(Buffer.from(token.sha256, 'hex'), hash)) found = token;
  return found === undefined ? undefined : { name: found.client, scopes: new Set(found.scopes) };
}
