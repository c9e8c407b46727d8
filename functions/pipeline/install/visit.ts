import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describeError } from '../../runtime/describe-error.ts';
import type { Invocation } from '../../runtime/handler.ts';
import { SecretUnusable } from '../../runtime/secrets.ts';
import { STATE_LIFE_MS } from '../../storage/install-states.ts';
import { finish } from './finish.ts';
import { KEY_PARAMETER } from './install-key.ts';
import type { Installer } from './installer.ts';
import { OUTCOMES, type Outcome } from './outcomes.ts';
import { PAGE_HEADERS, page } from './page.ts';

/**
 * Answers a browser on its way through the installation: `start` sends it to the platform, `callback` takes it back from
 * there. Whatever happens, the answer is a page that says what to do next, with the id that finds it in the logs.
 *
 * Nothing is begun, read or written for who does not bring the installation link's key, or a state that began with it.
 * Whoever installs from the platform's own app page comes without either, and is asked to open the link: the permission is
 * given already, and the code is left to expire.
 */
export async function visit(
  installer: Installer,
  event: APIGatewayProxyEventV2,
  run: Invocation,
): Promise<APIGatewayProxyStructuredResultV2> {
  // The page names the id that the API's access log has as well.
  const here: Invocation = { ...run, requestId: event.requestContext.requestId };
  const { [KEY_PARAMETER]: key, code, state } = event.queryStringParameters ?? {};
  const begins = event.rawPath === installer.oauth.start.path;
  const begunWith = cookieOf(installer, event.cookies ?? []);
  const end = (outcome: Outcome) => {
    // Who only knows a state, which the platform has seen, is not told the key.
    const invited = begins
      ? installer.key.opens(key)
      : state !== undefined && state === begunWith && installer.key.sealed(state);
    return answer(installer, here, event, outcome, invited);
  };
  try {
    if (begins) return installer.key.opens(key) ? await begin(installer, here) : end({ kind: 'no-link' });
    if (state === undefined && begunWith === undefined) return end({ kind: 'no-link' });
    return end(await finish(installer, here, { code, state, begunWith }));
  } catch (error) {
    installer.log.error('an installation failed', {
      correlationId: here.requestId,
      error: describeError(error),
    });
    return end({ kind: error instanceof SecretUnusable ? 'app-refused' : 'not-kept' });
  }
}

async function begin(
  installer: Installer,
  { requestId: id }: Invocation,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { states, authorizeUrl, log } = installer;
  const state = await states.issue();
  const location = await authorizeUrl(state);
  log.info('an installation begins', { correlationId: id });
  return {
    statusCode: 302,
    headers: {
      location,
      'cache-control': 'no-store',
      'referrer-policy': PAGE_HEADERS['referrer-policy'],
      'x-correlation-id': id,
    },
    cookies: [cookie(installer, state, STATE_LIFE_MS / 1000)],
  };
}

function answer(
  installer: Installer,
  { requestId: id }: Invocation,
  event: APIGatewayProxyEventV2,
  outcome: Outcome,
  invited: boolean,
): APIGatewayProxyStructuredResultV2 {
  const { metrics, storeIds, platform, oauth, key } = installer;
  const { status, metric } = OUTCOMES[outcome.kind];
  metrics.add(metric, platform.name, 1);
  return {
    statusCode: status,
    headers: { ...PAGE_HEADERS, 'x-correlation-id': id },
    cookies: [cookie(installer, '', 0)],
    body: page(outcome.kind, event.headers['accept-language'], {
      id,
      store: storeIds.join(', '),
      other: outcome.foreignStoreId ?? '',
      platform: platform.title,
      minutes: String(oauth.codeLifeMinutes),
      ...(invited ? { start: key.linkTo(oauth.start.path) } : {}),
    }),
  };
}

/**
 * Keeps the state in the browser that began: a link with somebody else's state and code then installs nothing. `__Host-`
 * makes browsers take it from this host alone, over TLS; each platform has its own, because such a cookie has no path.
 */
const cookieName = ({ platform }: Pick<Installer, 'platform'>): string =>
  `__Host-acopio-install-${platform.name}`;

const cookie = (installer: Pick<Installer, 'platform'>, value: string, maxAgeSeconds: number): string =>
  `${cookieName(installer)}=${value}; Max-Age=${maxAgeSeconds}; Path=/; Secure; HttpOnly; SameSite=Lax`;

function cookieOf(installer: Pick<Installer, 'platform'>, cookies: readonly string[]): string | undefined {
  const name = `${cookieName(installer)}=`;
  return cookies.find((one) => one.startsWith(name))?.slice(name.length);
}
