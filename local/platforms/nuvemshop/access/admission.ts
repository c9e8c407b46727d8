import type { SimRequest, SimResponse } from '../../simulator.ts';
import { envelope } from '../errors.ts';
import { type Platform, type Store, type Version, versions } from '../platform.ts';

/** What became of a call at the platform's door. */
export type Admission =
  | {
      admitted: true;
      store: Store;
      version: Version;
      path: string;
      queuedMs: number;
      headers: Record<string, string>;
    }
  | { admitted: false; response: SimResponse };

/**
 * Checks version, token, store, `User-Agent`, the rate limit and the subscription of the shop, in this order.
 * A bad token without `User-Agent` is a 401, because the agent is looked at after the token.
 */
export function admit(request: SimRequest, platform: Platform): Admission {
  const [, version = '', storeId = '', ...rest] = request.path.split('/');
  if (!isVersion(version)) {
    return refuse(
      envelope(404, `Version "${version}" does not exist. Valid versions: ${versions.join(', ')}`),
    );
  }
  const token = tokenOf(request, platform);
  if (token === undefined) return refuse(envelope(401, 'Required access token is missing'));
  const store = platform.stores.get(Number(storeId));
  if (store === undefined || store.accessToken !== token)
    return refuse(envelope(401, 'Invalid access token'));
  const agent = request.headers['user-agent'] ?? '';
  if (!namesAnApp(agent)) {
    return refuse(
      envelope(400, 'The User-Agent header must name the app and a contact, like: MyApp (name@email.com)'),
    );
  }
  const verdict = store.bucket.offer(request.at);
  const headers = {
    'x-rate-limit-limit': String(verdict.limit),
    'x-rate-limit-remaining': String(verdict.remaining),
    'x-rate-limit-reset': String(verdict.resetMs),
  };
  if (!verdict.accepted) return refuse(envelope(429, null), headers);
  if (store.suspension !== undefined) {
    return refuse(envelope(402, 'The store or the app has a pending payment'), headers);
  }
  return { admitted: true, store, version, path: `/${rest.join('/')}`, queuedMs: verdict.queuedMs, headers };
}

function isVersion(word: string): word is Version {
  return (versions as readonly string[]).includes(word);
}

function refuse(response: SimResponse, headers: Record<string, string> = {}): Admission {
  return { admitted: false, response: { ...response, headers } };
}

function tokenOf(request: SimRequest, platform: Platform): string | undefined {
  const classic = request.headers.authentication;
  const standard =
    platform.options.acceptAuthorizationHeader === true ? request.headers.authorization : undefined;
  const value = typeof classic === 'string' ? classic : standard;
  return /^bearer +(\S+)$/i.exec(value ?? '')?.[1];
}

// A runtime's own agent ("node", "undici") names no app: such a call forgot the header.
function namesAnApp(agent: string): boolean {
  return /^[^()]*\S[^()]*\([^()]*[^()\s][^()]*\)/.test(agent);
}
