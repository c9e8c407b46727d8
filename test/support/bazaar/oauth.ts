import type * as z from 'zod';
import { classify } from '../../../functions/http/answer.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { Grant, OAuth, OAuthCall } from '../../../functions/platforms/oauth.ts';
import { HOOK_TOPICS, PATHS, tokenJson, type tokenRequestJson } from './api.ts';
import { type BazaarClient, parseAs, refusal, TIMEOUT_MS } from './client.ts';
import { appSecret, type BazaarStore, storeSecret } from './settings.ts';

/** A token is renewed this long before it ends (ms). */
const RENEW_BEFORE_MS = 60_000;

/** Lets the app into a store; access tokens end, and refresh tokens are good once. */
export const oauth: OAuth<BazaarStore, BazaarClient> = {
  start: {
    path: '/oauth/bazaar/start',
    topic: 'start',
    output: 'BazaarInstallUrl',
    pasteInto: 'a browser: the merchant opens it once',
  },
  callback: {
    path: '/oauth/bazaar/callback',
    topic: 'callback',
    output: 'BazaarCallbackUrl',
    pasteInto: 'Bazaar panel, page "Apps", field "redirect to"',
  },
  appCredential: 'app',
  tokenCredential: 'store',
  codeLifeMinutes: 5,
  authorizeUrl(stores, app, state) {
    const { clientId } = appSecret.parse(app);
    return `${baseUrlOf(stores)}${PATHS.authorize}?client=${clientId}&state=${encodeURIComponent(state)}`;
  },
  exchange: (call, code) => requestToken(call, 'oauth.exchange', { code }),
  async subscribe({ hooks }, url) {
    const there = await hooks.list();
    const wanted = HOOK_TOPICS.filter(
      (topic) => !there.some((one) => one.topic === topic && one.url === url),
    );
    const odd = there.filter((one) => one.url !== url);
    for (const hook of odd) await hooks.remove(hook);
    for (const topic of wanted) await hooks.create({ topic, url });
    return { created: wanted.length, deleted: odd.length, kept: HOOK_TOPICS.length - wanted.length };
  },
  async subscriptions({ hooks }, url) {
    const there = await hooks.list();
    const kept = HOOK_TOPICS.filter((topic) => there.some((one) => one.topic === topic && one.url === url));
    return {
      kept,
      missing: HOOK_TOPICS.filter((topic) => !kept.includes(topic)),
      surplus: there.filter((one) => one.url !== url).map(({ topic }) => topic),
    };
  },
  subscribedTopic: 'event',
  rotation: {
    renewAt(secret) {
      const { expiresAt } = storeSecret.parse(secret);
      return expiresAt === undefined ? undefined : expiresAt - RENEW_BEFORE_MS;
    },
    async refresh(call, secret) {
      const { refreshToken } = storeSecret.parse(secret);
      if (refreshToken !== undefined) return requestToken(call, 'oauth.refresh', { refreshToken });
      throw new PlatformError({
        platform: 'bazaar',
        operation: 'oauth.refresh',
        kind: 'auth-failed',
        remedy: 'Open the installation link.',
      });
    },
  },
};

async function requestToken(
  { transport, clock, stores, app }: OAuthCall<BazaarStore>,
  operation: string,
  what: { code: string } | { refreshToken: string },
): Promise<Grant> {
  const { clientId, clientSecret } = appSecret.parse(app);
  const body: z.input<typeof tokenRequestJson> = { clientId, clientSecret, ...what };
  const response = await transport({
    platform: 'bazaar',
    operation,
    method: 'POST',
    url: `${baseUrlOf(stores)}${PATHS.token}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
    idempotent: false,
  });
  const failure = classify(response, clock.now());
  // Whoever refreshes with a token that the platform does not know any more has to be let in anew.
  if (failure?.kind === 'refused' && 'refreshToken' in what)
    throw refusal(operation, response.status, {
      ...failure,
      kind: 'auth-failed',
      remedy: 'Open the installation link.',
    });
  if (failure !== undefined) throw refusal(operation, response.status, failure);
  const { shop, accessToken, refreshToken, expiresIn, scopes } = parseAs(tokenJson, response.body, operation);
  const ends = expiresIn === undefined ? {} : { expiresAt: clock.now() + expiresIn * 1000 };
  const secret = { accessToken, ...(refreshToken === undefined ? {} : { refreshToken }), ...ends };
  return { storeId: shop, scopes, accessToken, secret };
}

const baseUrlOf = (stores: OAuthCall<BazaarStore>['stores']): string =>
  stores[0]?.settings.baseUrl ?? 'https://bazaar.test';
