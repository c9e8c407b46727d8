import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { EpochMs } from '../../../domain/time.ts';
import { textOf } from '../../../http/answer.ts';
import { PlatformError } from '../../../http/errors.ts';
import type { ApiAnswer, CallContext, Connection, Send, TokenSource } from '../../calls.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { apiSecret, type PedidosyaCredential } from '../secrets.ts';

type StaticToken = Extract<PedidosyaCredential, { token: string }>;
type ClientCredentials = Exclude<PedidosyaCredential, StaticToken>;

interface GrantedToken {
  accessToken: string;
  expiresAt: EpochMs;
}

const RENEW_EARLY_MS = 5 * 60_000;
const TIMEOUT_MS = 20_000;
const REMEDY =
  'PedidosYa refuses the client id and secret. In the Partner Portal open Shops Integrations > Configuración > API, ' +
  'create a pair and put it into the secret; calls resume by themselves.';

const grant = lazily(() =>
  z.object({
    access_token: z.string().min(1),
    // The life is the field, whatever number was seen elsewhere; without it, as short as makes sense to keep.
    expires_in: z.coerce.number().positive().max(31_536_000).catch(600),
  }),
);

/**
 * Tokens for the Partner API. A static token never expires. A granted one is held for as long as the container lives,
 * because the token endpoint has a limit of its own; it is renewed five minutes early (halfway, when it lives less than
 * ten). Concurrent callers with one pair share one request.
 *
 * The sources throw PlatformError; of kind `auth-failed` when the credentials are refused.
 */
export function createAccessTokens(
  connection: Connection,
  baseUrl: string,
): (context: CallContext) => TokenSource {
  const { clock } = connection;
  const secret = connection.secret('api', apiSecret);
  let held: GrantedToken | undefined;
  let underWay: { pair: ClientCredentials; token: Promise<string> } | undefined;

  const heldToken = (): string | undefined =>
    held !== undefined && clock.now() < held.expiresAt ? held.accessToken : undefined;

  return (context) => {
    const send = connection.sender(context);
    const requestToken = async (pair: ClientCredentials): Promise<string> => {
      const askedAt = clock.now();
      const granted = readGrant(await askForToken(send, baseUrl, pair));
      const lifeMs = granted.expires_in * 1000;
      const expiresAt = askedAt + lifeMs - Math.min(RENEW_EARLY_MS, lifeMs / 2);
      held = { accessToken: granted.access_token, expiresAt };
      return granted.access_token;
    };
    const requestOnce = (pair: ClientCredentials): Promise<string> => {
      // Whoever has read a new pair does not wait for what becomes of the one before.
      if (underWay !== undefined && isSamePair(underWay.pair, pair)) return underWay.token;
      const token = requestToken(pair).finally(() => {
        if (underWay?.token === token) underWay = undefined;
      });
      underWay = { pair, token };
      return token;
    };
    return {
      async get() {
        const credential = await secret.get();
        if (isStatic(credential)) return credential.token;
        const token = heldToken();
        if (token !== undefined) return token;
        try {
          return await requestOnce(credential);
        } catch (error) {
          if (!(error instanceof PlatformError && error.ofCredential)) throw error;
          // The copy of the secret may be older than a pair that a person put in its place.
          const now = await secret.fresh();
          if (isStatic(now)) return now.token;
          if (isSamePair(now, credential)) throw error;
          return requestOnce(now);
        }
      },
      async renew(refused) {
        const credential = await secret.fresh();
        if (isStatic(credential)) return credential.token;
        const token = heldToken();
        // Another call renewed it in the meantime.
        if (token !== undefined && token !== refused) return token;
        return requestOnce(credential);
      },
    };
  };
}

function askForToken(send: Send, baseUrl: string, pair: ClientCredentials): Promise<ApiAnswer> {
  const { method, path, idempotent } = ENDPOINTS['oauth.token'];
  return send({
    operation: 'oauth.token',
    method,
    url: `${baseUrl}${path}`,
    // JSON is answered with "client_id is required".
    headers: () => ({ 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' }),
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: pair.clientId,
      client_secret: pair.clientSecret,
    }).toString(),
    timeoutMs: TIMEOUT_MS,
    idempotent,
    limit: 'token',
  });
}

function readGrant({ response, failure }: ApiAnswer): z.output<ReturnType<typeof grant>> {
  const base = { platform: 'pedidosya', operation: 'oauth.token', status: response.status } as const;
  if (failure !== undefined) {
    // Whatever status the refusal of the pair comes under, no call can succeed until a person replaces it.
    const refused = failure.kind === 'refused' || failure.kind === 'auth-failed';
    throw new PlatformError({
      ...base,
      ...failure,
      ...(refused ? { kind: 'auth-failed', ofCredential: true, remedy: REMEDY } : {}),
    });
  }
  const read = grant().safeParse(parseOrNothing(response.body));
  if (read.success) return read.data;
  throw new PlatformError({ ...base, kind: 'invalid-response', detail: 'No access_token in the answer.' });
}

function parseOrNothing(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
}

const isSamePair = (one: ClientCredentials, other: ClientCredentials): boolean =>
  one.clientId === other.clientId && one.clientSecret === other.clientSecret;

function isStatic(credential: PedidosyaCredential): credential is StaticToken {
  return typeof credential.token === 'string' && credential.token !== '';
}
