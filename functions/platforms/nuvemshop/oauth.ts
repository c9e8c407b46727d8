import * as z from 'zod';
import { classify } from '../../http/classify.ts';
import { PlatformError } from '../../http/errors.ts';
import { parseJson } from '../../http/json.ts';
import type { Transport } from '../../http/transport.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describe } from '../reading/tolerant-reader.ts';
import { errorDetail } from './client/error-detail.ts';
import { numericIdSchema } from './ids.ts';

/** How long an authorization code is good for, in ms (Nuvemshop reference, authentication page). */
export const CODE_LIFE_MS = 5 * 60_000;
const TIMEOUT_MS = 15_000;
const OPERATION = 'oauth.exchangeCode';

/** What an exchange brings. The token does not expire; a new one, or removing the app, ends it. There is no refresh. */
export interface Installation {
  storeId: string;
  accessToken: string;
  /** What the merchant granted. */
  scopes: string[];
}

/** The store's id comes as `user_id`, and as `store_id` now and then (authentication page). */
const tokenAnswer = z
  .looseObject({
    access_token: z.string().min(1),
    scope: z.string().nullish(),
    user_id: numericIdSchema.nullish(),
    store_id: numericIdSchema.nullish(),
  })
  .transform(({ access_token, scope, user_id, store_id }, context) => {
    const storeId = user_id ?? store_id;
    if (storeId)
      return { accessToken: access_token, storeId, scopes: (scope ?? '').split(/[\s,]+/).filter(Boolean) };
    context.addIssue({ code: 'custom', message: 'user_id and store_id are missing' });
    return z.NEVER;
  });

/**
 * The address where a merchant allows the app into the store. `state` comes back with the code and must then be compared:
 * it proves that this browser began the installation.
 *
 * @param authUrl the setting `authUrl`, without a slash at its end.
 */
export function authorizeLink(authUrl: string, appId: string, state: string): string {
  return `${authUrl}/${encodeURIComponent(appId)}/authorize?${new URLSearchParams({ state })}`;
}

/**
 * Exchanges an authorization code for the store's token. A code works once and for five minutes: when the answer is lost
 * there is nothing to repeat, the merchant opens the link again.
 *
 * @throws PlatformError; no text of it holds the code, the secret or the token.
 */
export async function exchangeCode(
  options: {
    transport: Transport;
    clock: Clock;
    authUrl: string;
    userAgent: string;
    clientId: string;
    clientSecret: string;
  },
  code: string,
): Promise<Installation> {
  const response = await options.transport({
    platform: 'nuvemshop',
    operation: OPERATION,
    method: 'POST',
    url: `${options.authUrl}/authorize/token`,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': options.userAgent,
    },
    body: JSON.stringify({
      client_id: options.clientId,
      client_secret: options.clientSecret,
      grant_type: 'authorization_code',
      code,
    }),
    timeoutMs: TIMEOUT_MS,
    idempotent: false,
  });
  const { status } = response;
  const failure = classify(response, options.clock.now());
  if (failure !== undefined) {
    const detail = errorDetail(response.body);
    throw new PlatformError({
      platform: 'nuvemshop',
      operation: OPERATION,
      ...failure,
      status,
      ...(detail === undefined ? {} : { detail }),
      remedy: remedyOf(status, detail),
    });
  }
  const reading = tokenAnswer.safeParse(jsonOf(response.body));
  if (reading.success) return reading.data;
  throw new PlatformError({
    platform: 'nuvemshop',
    operation: OPERATION,
    kind: 'invalid-response',
    status,
    outcomeUnknown: true,
    detail: describe(reading.error.issues),
    remedy: 'Open the installation link again.',
  });
}

function remedyOf(status: number, detail: string | undefined): string {
  return status === 401 || status === 403 || detail?.includes('invalid_client')
    ? 'Check the app id and the client secret in the secret of the app.'
    : 'Open the installation link again: a code works once, and for five minutes.';
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return parseJson(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
