import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Installer } from '../../../functions/pipeline/install/finish.ts';
import { visit } from '../../../functions/pipeline/install/visit.ts';
import type { Installation } from '../../../functions/platforms/nuvemshop/oauth.ts';
import { countingMetrics, keptLog, movedClock } from '../../support/fakes.ts';
import { INSTALL_ROUTES } from '../../support/routes.ts';

export const STORE = '5665778';
export const SECRETS = { code: 'c0de-once', token: 't0ken-forever' };

type Step = 'authorizeUrl' | 'exchange' | 'keep' | 'subscribe' | 'resume';

/** An installation whose every step can be made to fail; `steps` says what was done, in order. */
export function installer(changes: { storeId?: string; failing?: Partial<Record<Step, Error>> } = {}) {
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
  const kept: Installation[] = [];
  const made = {
    storeId: STORE,
    steps,
    failing,
    kept,
    holdLease: () => {
      holder = 'somebody else';
    },
    states: {
      issue: async () => {
        states += 1;
        open.add(`state-${states}`);
        return `state-${states}`;
      },
      spend: async (state: string) => open.delete(state),
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
    pause: {
      resume: async (by: string) => {
        step('resume');
        steps.push(`resumed by ${by}`);
        return undefined;
      },
      check: () => Promise.reject(new Error('not checked')),
      trip: () => Promise.reject(new Error('not tripped')),
      recordSuccess: () => Promise.reject(new Error('no success')),
      suspend: () => Promise.reject(new Error('not suspended')),
    },
    authorizeUrl: async (state: string) => {
      step('authorizeUrl');
      return `https://platform.example/apps/1/authorize?state=${state}`;
    },
    exchange: async () => {
      step('exchange');
      const storeId = changes.storeId ?? STORE;
      return { storeId, accessToken: SECRETS.token, scopes: ['read_orders'] };
    },
    keep: async (installation: Installation) => {
      step('keep');
      kept.push(installation);
    },
    subscribe: async () => {
      step('subscribe');
      return { created: 18, deleted: 0, kept: 0 };
    },
    metrics: countingMetrics(),
    log: keptLog(),
    clock: movedClock(),
  };
  return made satisfies Installer;
}

type Fake = ReturnType<typeof installer>;

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

/** One browser: it keeps the cookie it is given. */
export function browser(fake: Fake, language = 'en') {
  let jar: string | undefined;
  const open = async (path: string, query?: Record<string, string>) => {
    const answer = await visit(
      fake,
      event(path, query, jar === undefined ? [] : [jar], language),
      () => 28_000,
    );
    for (const cookie of answer.cookies ?? []) {
      const [pair = ''] = cookie.split(';');
      jar = cookie.includes('Max-Age=0;') ? undefined : pair;
    }
    return answer;
  };
  return {
    open,
    start: () => open(INSTALL_ROUTES.nuvemshopStart),
    callback: (query: Record<string, string>) => open(INSTALL_ROUTES.nuvemshopCallback, query),
    async startAndReturn(query: Record<string, string> = { code: SECRETS.code }) {
      const started = await open(INSTALL_ROUTES.nuvemshopStart);
      const state = new URL(String(started.headers?.location)).searchParams.get('state') ?? '';
      return open(INSTALL_ROUTES.nuvemshopCallback, { ...query, state });
    },
  };
}
