import * as z from 'zod';
import type { EpochMs } from '../../../domain/time.ts';
import { classify } from '../../../http/classify.ts';
import { PlatformError } from '../../../http/errors.ts';
import type { PlatformResponse, Transport } from '../../../http/transport.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { pedidosyaApiSecret } from '../../secrets.ts';
import { ENDPOINTS } from '../endpoints.ts';

/** A static token, or the pair of the client credentials grant: which fields the secret holds decides. */
export type PedidosyaCredential = z.output<typeof pedidosyaApiSecret>;

type StaticToken = Extract<PedidosyaCredential, { token: string }>;
type ClientCredentials = Exclude<PedidosyaCredential, StaticToken>;

export interface CachedToken {
  accessToken: string;
  expiresAt: EpochMs;
}

/** Where a granted token outlives the function: the token endpoint takes 50 calls a minute only. */
export interface TokenCache {
  get(): Promise<CachedToken | undefined>;
  put(token: CachedToken): Promise<void>;
}

/** The token for our calls, however it is come by. */
export interface AccessTokens {
  get(): Promise<string>;
  /** Another token than the refused one, if there is any; the refused one when there is not. */
  renew(refused: string): Promise<string>;
}

export interface AccessTokenOptions {
  baseUrl: string;
  /** `fresh` asks past every cache of the secret. */
  credential: (options?: { fresh: boolean }) => Promise<PedidosyaCredential>;
  cache: TokenCache;
  transport: Transport;
  clock: Clock;
  /** Takes a token of the endpoint's own limit; may wait or throw. */
  admit?: (operation: 'oauth.token') => Promise<void>;
}

const RENEW_EARLY_MS = 5 * 60_000;
const TIMEOUT_MS = 20_000;
const REMEDY =
  'PedidosYa refuses the client id and secret. In the Partner Portal open Shops Integrations > Configuración > API, ' +
  'create a pair and put it into the secret; calls resume by themselves.';

const grant = z.object({
  access_token: z.string().min(1),
  // The life is the field, whatever number was seen elsewhere; without it, as short as makes sense to keep.
  expires_in: z.coerce.number().positive().max(31_536_000).catch(600),
});

/**
 * Tokens for the Partner API. A static token never expires. A granted one is kept in the injected cache, renewed five
 * minutes early (halfway, when it lives less than ten), and concurrent callers share one request.
 *
 * @throws PlatformError; `stop-platform` when the credentials are refused.
 */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { credential, cache, clock } = options;
  let under: Promise<string> | undefined;

  const requestOnce = (pair: ClientCredentials): Promise<string> => {
    under ??= requestToken(options, pair).finally(() => {
      under = undefined;
    });
    return under;
  };

  return {
    async get() {
      const held = await credential();
      if (isStatic(held)) return held.token;
      const cached = await cache.get();
      return cached !== undefined && clock.now() < cached.expiresAt ? cached.accessToken : requestOnce(held);
    },
    async renew(refused) {
      const held = await credential({ fresh: true });
      if (isStatic(held)) return held.token;
      const cached = await cache.get();
      // Someone else renewed it in the meantime.
      if (cached !== undefined && cached.accessToken !== refused && clock.now() < cached.expiresAt) {
        return cached.accessToken;
      }
      return requestOnce(held);
    },
  };
}

async function requestToken(options: AccessTokenOptions, pair: ClientCredentials): Promise<string> {
  const { baseUrl, clock, cache } = options;
  await options.admit?.('oauth.token');
  const askedAt = clock.now();
  const answer = await options.transport({
    platform: 'pedidosya',
    operation: 'oauth.token',
    method: ENDPOINTS['oauth.token'].method,
    url: `${baseUrl}${ENDPOINTS['oauth.token'].path}`,
    // JSON is answered with "client_id is required".
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: pair.clientId,
      client_secret: pair.clientSecret,
    }).toString(),
    timeoutMs: TIMEOUT_MS,
    idempotent: ENDPOINTS['oauth.token'].idempotent,
  });
  const granted = readGrant(answer, clock.now());
  const lifeMs = granted.expires_in * 1000;
  const expiresAt = askedAt + lifeMs - Math.min(RENEW_EARLY_MS, lifeMs / 2);
  await cache.put({ accessToken: granted.access_token, expiresAt });
  return granted.access_token;
}

function readGrant(answer: PlatformResponse, nowMs: number): z.output<typeof grant> {
  const base = { platform: 'pedidosya', operation: 'oauth.token', status: answer.status } as const;
  const failure = classify(answer, nowMs);
  if (failure !== undefined) {
    // Whatever status the refusal of the pair comes under, no call can succeed until a person replaces it.
    const refused = failure.kind === 'refused' || failure.kind === 'auth-failed';
    throw new PlatformError({
      ...base,
      ...failure,
      ...(refused ? { kind: 'auth-failed', remedy: REMEDY } : {}),
    });
  }
  const read = grant.safeParse(parseOrNothing(answer.body));
  if (read.success) return read.data;
  throw new PlatformError({ ...base, kind: 'invalid-response', detail: 'No access_token in the answer.' });
}

function parseOrNothing(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function isStatic(held: PedidosyaCredential): held is StaticToken {
  return typeof held.token === 'string' && held.token !== '';
}
