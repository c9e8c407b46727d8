import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describeError } from '../../runtime/describe-error.ts';
import type { Invocation } from '../../runtime/handler.ts';
import { SecretUnusable } from '../../runtime/secrets.ts';
import { STATE_LIFE_MS } from '../../storage/install-states.ts';
import { finish } from './finish.ts';
import type { Installer } from './installer.ts';
import { OUTCOMES, type Outcome } from './outcomes.ts';
import { PAGE_HEADERS, page } from './page.ts';

/** Keeps the state in the browser that began: a link with somebody else's state and code then installs nothing. */
const COOKIE = 'acopio-install';

/** Every metric of which one is 1 and the others are 0 after a visit that ended. */
export const INSTALL_METRICS = [
  'InstallCompleted',
  'InstallRefused',
  'InstallForeignStore',
  'InstallFailed',
] as const;

/**
 * Answers a browser on its way through the installation: `start` sends it to the platform, `callback` takes it back from
 * there. Whatever happens, the answer is a page that says what to do next, with the id that finds it in the logs.
 */
export async function visit(
  installer: Installer,
  event: APIGatewayProxyEventV2,
  run: Invocation,
): Promise<APIGatewayProxyStructuredResultV2> {
  // The page names the id that the API's access log has as well.
  const here: Invocation = { ...run, requestId: event.requestContext.requestId };
  try {
    if (event.rawPath === installer.oauth.start.path) return await begin(installer, here);
    const { code, state } = event.queryStringParameters ?? {};
    const begunWith = cookieOf(event.cookies ?? []);
    // Who installs from the platform's own app page comes without having begun here, and begins now. The cookie then
    // keeps a platform that loses the state from sending the browser round for ever.
    if (code !== undefined && state === undefined && begunWith === undefined)
      return await begin(installer, here);
    return answer(installer, here, event, await finish(installer, here, { code, state, begunWith }));
  } catch (error) {
    installer.log.error('an installation failed', {
      correlationId: here.requestId,
      error: describeError(error),
    });
    const kind = error instanceof SecretUnusable ? 'app-refused' : 'not-kept';
    return answer(installer, here, event, { kind });
  }
}

async function begin(
  { states, authorizeUrl, log, oauth }: Installer,
  { requestId: id }: Invocation,
): Promise<APIGatewayProxyStructuredResultV2> {
  const state = await states.issue();
  const location = await authorizeUrl(state);
  log.info('an installation begins', { correlationId: id });
  return {
    statusCode: 302,
    headers: { location, 'cache-control': 'no-store', 'x-correlation-id': id },
    cookies: [cookie(oauth, state, STATE_LIFE_MS / 1000)],
  };
}

function answer(
  { metrics, storeIds, platform, oauth }: Installer,
  { requestId: id }: Invocation,
  event: APIGatewayProxyEventV2,
  outcome: Outcome,
): APIGatewayProxyStructuredResultV2 {
  const { status, metric } = OUTCOMES[outcome.kind];
  for (const name of INSTALL_METRICS) metrics.add(name, platform.name, name === metric ? 1 : 0);
  return {
    statusCode: status,
    headers: { ...PAGE_HEADERS, 'x-correlation-id': id },
    cookies: [cookie(oauth, '', 0)],
    body: page(outcome.kind, event.headers['accept-language'], {
      id,
      store: storeIds.join(', '),
      other: outcome.foreignStoreId ?? '',
      platform: platform.title,
      minutes: String(oauth.codeLifeMinutes),
      start: oauth.start.path,
    }),
  };
}

/** Sent back to the paths of this installation only. */
const cookie = ({ start }: Installer['oauth'], value: string, maxAgeSeconds: number): string =>
  `${COOKIE}=${value}; Max-Age=${maxAgeSeconds}; Path=${start.path.slice(0, start.path.lastIndexOf('/'))}; Secure; HttpOnly; SameSite=Lax`;

const cookieOf = (cookies: readonly string[]): string | undefined =>
  cookies.find((one) => one.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
