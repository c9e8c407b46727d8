import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import { classify, jsonOf } from '../../http/answer.ts';
import { PlatformError } from '../../http/errors.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import type { Grant, OAuth, OAuthCall } from '../oauth.ts';
import { describe } from '../reading/issue-texts.ts';
import type { Store } from '../store.ts';
import { errorBody } from './client/call.ts';
import type { NuvemshopClient } from './client.ts';
import { numericIdSchema } from './order/schema.ts';
import { reviewScopes } from './scopes.ts';
import { appSecret, OAUTH_CREDENTIALS } from './secrets.ts';
import type { NuvemshopStoreSettings } from './settings.ts';
import { EVENT_TOPIC } from './webhook.ts';
import { wantedEvents } from './webhook-bodies.ts';

const TIMEOUT_MS = 15_000;
const OPERATION = 'oauth.exchangeCode';

/**
 * How a merchant allows the app into a store: no token is ever copied by hand. The token does not expire; a new one, or
 * removing the app, ends it, so there is no refresh.
 */
export const oauth: OAuth<NuvemshopStoreSettings, NuvemshopClient> = {
  start: {
    path: '/oauth/nuvemshop/start',
    topic: 'start',
    output: 'NuvemshopInstallUrl',
    pasteInto:
      'Open it, whole with its key, in a browser that is logged in to the store, to install the Nuvemshop app or to install it again; no panel field',
  },
  callback: {
    path: '/oauth/nuvemshop/callback',
    topic: 'callback',
    output: 'NuvemshopRedirectUrl',
    pasteInto:
      'Nuvemshop partner panel, your app, field "Redirect URL" (where a merchant returns after agreeing)',
  },
  ...OAUTH_CREDENTIALS,
  // Nuvemshop reference, authentication page.
  codeLifeMinutes: 5,
  authorizeUrl,
  exchange,
  async subscribe(api, url) {
    const { created, deleted, kept } = await api.webhooks.subscribe(url, wantedEvents(api));
    return { created: created.length, deleted: deleted.length, kept: kept.length };
  },
  async subscriptions(api, url) {
    const { kept, missing, surplus } = await api.webhooks.compare(url, wantedEvents(api));
    return { kept: kept.map(({ event }) => event), missing, surplus: surplus.map(({ event }) => event) };
  },
  reviewScopes: ({ settings }, granted) => reviewScopes(settings, granted),
  subscribedTopic: EVENT_TOPIC,
};

/** The store's id comes as `user_id`, and as `store_id` now and then (authentication page). */
const tokenAnswer = lazily(() =>
  z
    .looseObject({
      access_token: z.string().min(1),
      scope: z.string().nullish(),
      user_id: numericIdSchema().nullish(),
      store_id: numericIdSchema().nullish(),
    })
    .transform(({ access_token, scope, user_id, store_id }, context) => {
      const storeId = user_id ?? store_id;
      if (storeId)
        return { accessToken: access_token, storeId, scopes: (scope ?? '').split(/[\s,]+/).filter(Boolean) };
      context.addIssue({ code: 'custom', message: 'user_id and store_id are missing' });
      return z.NEVER;
    }),
);

/**
 * The address where a merchant allows the app into the store. `state` comes back with the code and must then be compared:
 * it proves that this browser began the installation.
 */
function authorizeUrl(stores: readonly Store<NuvemshopStoreSettings>[], app: unknown, state: string): string {
  const { authUrl } = sharedBy(stores);
  const { clientId } = appSecret().parse(app);
  return `${authUrl}/${encodeURIComponent(clientId)}/authorize?${new URLSearchParams({ state })}`;
}

/**
 * Exchanges an authorization code for the store's token. A code works once and for five minutes: when the answer is lost
 * there is nothing to repeat, the merchant opens the link again.
 */
async function exchange(
  { transport, clock, stores, app }: OAuthCall<NuvemshopStoreSettings>,
  code: string,
): Promise<Grant> {
  const { authUrl, userAgent } = sharedBy(stores);
  const { clientId, clientSecret } = appSecret().parse(app);
  const response = await transport({
    platform: 'nuvemshop',
    operation: OPERATION,
    method: 'POST',
    url: `${authUrl}/authorize/token`,
    headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': userAgent },
    body: JSON.stringify({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'authorization_code',
      code,
    }),
    timeoutMs: TIMEOUT_MS,
    idempotent: false,
  });
  const { status } = response;
  const failure = classify(response, clock.now());
  if (failure !== undefined) {
    const about = errorBody(response.body);
    throw new PlatformError({
      platform: 'nuvemshop',
      operation: OPERATION,
      ...failure,
      status,
      ...about,
      remedy: remedyOf(status, about.detail),
    });
  }
  const reading = tokenAnswer().safeParse(jsonOf(response.body));
  if (reading.success) {
    const { accessToken, storeId, scopes } = reading.data;
    return { storeId, scopes, accessToken, secret: { accessToken, storeId, scopes } };
  }
  throw new PlatformError({
    platform: 'nuvemshop',
    operation: OPERATION,
    kind: 'invalid-response',
    status,
    outcomeUnknown: true,
    detail: describe(reading.error.issues, tokenAnswer()),
    remedy: 'Open the installation link again.',
  });
}

/** One app serves all stores, so any of them knows where it is authorized. */
function sharedBy([first]: readonly Store<NuvemshopStoreSettings>[]): NuvemshopStoreSettings {
  if (first === undefined) throw new OwnError('nuvemshop has no store');
  return first.settings;
}

function remedyOf(status: number, detail: string | undefined): string {
  return status === 401 || status === 403 || detail?.includes('invalid_client')
    ? 'Check the app id and the client secret in the secret of the app.'
    : 'Open the installation link again: a code works once, and for five minutes.';
}
