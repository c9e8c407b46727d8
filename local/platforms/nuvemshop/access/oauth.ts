import * as z from 'zod';
import type { SimRoute } from '../../shared/routes.ts';
import type { SimResponse } from '../../simulator.ts';
import { readJson } from '../bodies.ts';
import type { Platform } from '../platform.ts';
import { install } from './installation.ts';

const CODE_LIFE_MS = 5 * 60_000;

const exchange = z.object({
  client_id: z.union([z.string(), z.number()]).transform(String),
  client_secret: z.string(),
  grant_type: z.string(),
  code: z.string(),
});

/** The two addresses of the installation; they are outside the API and need no token. */
export const oauthRoutes: readonly SimRoute<Platform>[] = [
  {
    method: 'GET',
    path: '/apps/{app_id}/authorize',
    source:
      'Guide, authorization flow; reference, authentication page (code valid for 5 minutes, state comes back)',
    handle(request, platform) {
      if (request.params.app_id !== platform.app.id) {
        return {
          status: 404,
          headers: { 'content-type': 'text/html; charset=utf-8' },
          body: '<h1>App not found</h1>',
        };
      }
      // The merchant's own session tells the real page which shop it is; here the query may.
      const requested = request.query.get('store_id');
      const store =
        requested === null ? [...platform.stores.values()][0] : platform.stores.get(Number(requested));
      if (store === undefined) {
        return {
          status: 404,
          headers: { 'content-type': 'text/html; charset=utf-8' },
          body: '<h1>Store not found</h1>',
        };
      }
      const code = issueCode(platform, store.id);
      const target = new URL(platform.app.redirectUrl);
      target.searchParams.set('code', code);
      const state = request.query.get('state');
      if (state !== null) target.searchParams.set('state', state);
      return { status: 302, headers: { location: target.href } };
    },
  },
  {
    method: 'POST',
    path: '/apps/authorize/token',
    source: 'Guide, token request; reference, authentication page (JSON body, no refresh token)',
    handle(request, platform) {
      const parsed = exchange.safeParse(readJson(request));
      if (!parsed.success) return oauthError('invalid_request', 'A parameter is missing or wrong');
      const { client_id: id, client_secret: secret, grant_type: grant, code } = parsed.data;
      if (grant !== 'authorization_code')
        return oauthError('unsupported_grant_type', 'Use authorization_code');
      if (id !== platform.app.id || secret !== platform.app.clientSecret) {
        return oauthError('invalid_client', 'The client credentials are invalid');
      }
      const pending = platform.codes.get(code);
      platform.codes.delete(code);
      const store = pending && platform.stores.get(pending.storeId);
      if (pending === undefined || store === undefined) {
        return oauthError('invalid_grant', "Authorization code doesn't exist or is invalid for the client");
      }
      if (platform.clock.now() > pending.expiresAt) {
        return oauthError('invalid_grant', 'The authorization code has expired');
      }
      const token = install(platform, store, platform.app.scopes);
      return {
        status: 200,
        body: {
          access_token: token,
          token_type: 'bearer',
          scope: platform.app.scopes.join(','),
          user_id: String(store.id),
        },
      };
    },
  },
];

/** A fresh authorization code of a shop whose merchant has just agreed. */
export function issueCode(platform: Platform, storeId: number): string {
  const code = platform.random.hex(40);
  platform.codes.set(code, { storeId, expiresAt: platform.clock.now() + CODE_LIFE_MS });
  return code;
}

// Integrators report the bodies; the status is the one that OAuth 2 asks for (RFC 6749, 5.2).
function oauthError(error: string, description: string): SimResponse {
  return { status: 400, body: { error, error_description: description } };
}
