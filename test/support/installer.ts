import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createInstallKey, KEY_PARAMETER } from '../../functions/pipeline/install/install-key.ts';
import type { Installer } from '../../functions/pipeline/install/installer.ts';
import { visit } from '../../functions/pipeline/install/visit.ts';
import type { Grant, ScopeReview } from '../../functions/platforms/oauth.ts';
import { oauth } from './bazaar/oauth.ts';
import { INSTALL_KEY } from './deployment-bench.ts';
import { countingMetrics, keptLog, movedClock } from './fakes.ts';

export const STORE = 'shop-1';
export const SECRETS = { code: 'c0de-once', token: 't0ken-forever' };

type Step = 'authorizeUrl' | 'exchange' | 'keep' | 'subscribe' | 'resume';

/** An installation whose every step can be made to fail; `steps` says what was done, in order. */
export function installer(
  changes: {
    storeId?: string;
    ours?: readonly string[];
    failing?: Partial<Record<Step, Error>>;
    review?: ScopeReview;
  } = {},
) {
  const { ours = [STORE] } = changes;
  const steps: string[] = [];
  const failing = { ...changes.failing };
  const step = (name: Step): void => {
    steps.push(name);
    const error = failing[name];
    if (error !== undefined) throw error;
  };
  const open = new Set<string>();
  let holder: string | undefined;
  let states = 0;
  const spends: string[] = [];
  const kept: { storeId: string; grant: Grant }[] = [];
  const circuitOf = () => ({
    resume: async (by: string) => {
      step('resume');
      steps.push(`resumed by ${by}`);
      return undefined;
    },
    check: () => Promise.reject(new Error('not checked')),
    state: () => Promise.reject(new Error('not asked')),
    trip: () => Promise.reject(new Error('not tripped')),
    recordSuccess: () => Promise.reject(new Error('no success')),
    suspend: () => Promise.reject(new Error('not suspended')),
  });
  const made = {
    platform: { name: 'bazaar', title: 'Bazaar' },
    oauth,
    storeIds: ours,
    steps,
    failing,
    kept,
    spends,
    issued: () => states,
    holdLease: () => {
      holder = 'somebody else';
    },
    // States that can be told apart in a test stand for sealed ones.
    key: { ...createInstallKey(INSTALL_KEY), sealed: (state: string) => state.startsWith('state-') },
    states: {
      issue: async () => {
        states += 1;
        open.add(`state-${states}`);
        return `state-${states}`;
      },
      spend: async (state: string) => {
        spends.push(state);
        return open.delete(state);
      },
    },
    lease: {
      acquire: async (owner: string) => {
        if (holder !== undefined) return false;
        holder = owner;
        return true;
      },
      release: async (owner: string) => {
        if (holder === owner) holder = undefined;
      },
    },
    authorizeUrl: async (state: string) => {
      step('authorizeUrl');
      return `https://platform.example/apps/1/authorize?state=${state}`;
    },
    exchange: async () => {
      step('exchange');
      const storeId = changes.storeId ?? STORE;
      const secret = { accessToken: SECRETS.token };
      return { storeId, accessToken: SECRETS.token, scopes: ['orders'], secret };
    },
    store: (storeId: string) =>
      ours.includes(storeId)
        ? {
            connection: { circuit: circuitOf() },
            keep: async (grant: Grant) => {
              step('keep');
              kept.push({ storeId, grant });
            },
            reviewScopes: () => changes.review,
            subscribe: async () => {
              step('subscribe');
              return { created: 18, deleted: 0, kept: 0 };
            },
          }
        : undefined,
    metrics: countingMetrics(),
    log: keptLog(),
    clock: movedClock(),
  };
  return made satisfies Installer;
}

const event = (
  rawPath: string,
  query: Record<string, string> | undefined,
  cookies: string[],
  language: string,
): APIGatewayProxyEventV2 => ({
  version: '2.0',
  routeKey: `GET ${rawPath}`,
  rawPath,
  rawQueryString: new URLSearchParams(query).toString(),
  cookies,
  headers: { 'accept-language': language },
  ...(query === undefined ? {} : { queryStringParameters: query }),
  requestContext: {
    accountId: '',
    apiId: '',
    domainName: '',
    domainPrefix: '',
    http: { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '', userAgent: '' },
    requestId: 'visit-1',
    routeKey: `GET ${rawPath}`,
    stage: '$default',
    time: '',
    timeEpoch: 0,
  },
  isBase64Encoded: false,
});

/** The query of the installation link. */
export const LINK = { [KEY_PARAMETER]: INSTALL_KEY };

/** One browser: it keeps the cookie it is given, or one that somebody put there. */
export function browser(opened: Installer, language = 'en', planted?: string) {
  let jar = planted;
  const open = async (path: string, query?: Record<string, string>) => {
    const cookies = jar === undefined ? [] : [jar];
    const run = { requestId: 'run-1', remainingMs: () => 28_000 };
    const answer = await visit(opened, event(path, query, cookies, language), run);
    for (const cookie of answer.cookies ?? []) {
      const [pair = ''] = cookie.split(';');
      jar = cookie.includes('Max-Age=0;') ? undefined : pair;
    }
    return answer;
  };
  return {
    open,
    start: () => open(oauth.start.path, LINK),
    callback: (query: Record<string, string>) => open(oauth.callback.path, query),
    async startAndReturn(query: Record<string, string> = { code: SECRETS.code }) {
      const started = await open(oauth.start.path, LINK);
      const state = new URL(String(started.headers?.location)).searchParams.get('state') ?? '';
      return open(oauth.callback.path, { ...query, state });
    },
  };
}
