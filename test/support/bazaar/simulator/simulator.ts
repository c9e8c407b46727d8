import { realClock } from '../../../../local/platforms/shared/clock.ts';
import { createControl } from '../../../../local/platforms/shared/control.ts';
import { createFaultRegistry } from '../../../../local/platforms/shared/fault-registry.ts';
import { createRouter } from '../../../../local/platforms/shared/routes.ts';
import { createSeededRandom } from '../../../../local/platforms/shared/seeded-random.ts';
import { createSimServer } from '../../../../local/platforms/shared/sim-server.ts';
import { createWebhookDeliverer } from '../../../../local/platforms/shared/webhook-deliverer.ts';
import type {
  CallRecord,
  RouteDoc,
  SimRequest,
  SimResponse,
  Simulator,
} from '../../../../local/platforms/simulator.ts';
import type { SimulationOptions } from '../../../../local/platforms/simulator-module.ts';
import { LIMIT_HEADERS, PATHS } from '../api.ts';
import { createBazaarShop } from '../shop.ts';
import { type BazaarWorld, createWorld } from './world.ts';

/** The limit of one shop's calls. */
export interface Limit {
  perSecond: number;
  burst: number;
}

const source = 'test/support/bazaar/api.ts';
const ROUTES: readonly RouteDoc[] = [
  { method: 'GET', path: PATHS.orders, source },
  { method: 'GET', path: '/orders/{id}', source },
  { method: 'POST', path: '/orders/{id}/cancel', source },
  { method: 'GET', path: PATHS.orderIds, source },
  { method: 'POST', path: PATHS.newOrders, source },
  { method: 'GET', path: PATHS.hooks, source },
  { method: 'POST', path: PATHS.hooks, source },
  { method: 'DELETE', path: `${PATHS.hooks}/{id}`, source },
  { method: 'POST', path: PATHS.token, source },
  { method: 'GET', path: PATHS.authorize, source },
];

/** Makes Bazaar over HTTP: one host for all shops. It tells of what happens by webhooks and hands out new orders. */
export function createBazaarSimulator(
  options: SimulationOptions,
  limits: ReadonlyMap<string, Limit>,
): Simulator<BazaarWorld> {
  const clock = options.clock ?? realClock();
  const random = createSeededRandom(options.seed).fork('bazaar');
  const shop = createBazaarShop(clock);
  for (const storeId of limits.keys()) shop.grant(storeId);
  const deliverer = createWebhookDeliverer({
    ...options,
    clock,
    random: random.fork('webhooks'),
    policy: { timeoutMs: 10_000, retryWaitsMs: [10_000, 60_000, 300_000] },
  });
  const world = createWorld(shop, { deliverer, random: random.fork('orders') });
  const calls: CallRecord[] = [];
  const faults = createFaultRegistry(random.fork('faults'));
  const router = createRouter(ROUTES);
  const admit = createLimiter(clock, limits);

  const answer = async (request: SimRequest): Promise<SimResponse> => {
    const { method, path, query, headers, body } = request;
    if (router.find(method, path) === undefined) return { status: 404, body: {} };
    if (path === PATHS.authorize) return agree(world, query, [...limits.keys()][0] ?? '');
    const token = headers.authorization?.replace('Bearer ', '');
    const storeId = [...limits.keys()].find((id) => shop.tokensOf(id)?.accessToken === token);
    const limited = storeId === undefined || path.startsWith(PATHS.hooks) ? undefined : admit(storeId);
    if (limited?.refused) return { status: 429, headers: { ...limited.headers, 'retry-after': '1' } };
    const response = await shop.fetch(`${request.origin || 'http://bazaar'}${path}?${query}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body.length === 0 ? {} : { body: body.toString('utf8') }),
    });
    const [, cancelled] = /^\/orders\/([^/]+)\/cancel$/.exec(path) ?? [];
    if (cancelled !== undefined && response.ok) world.cancelledByApp(decodeURIComponent(cancelled));
    return { status: response.status, headers: limited?.headers ?? {}, body: await response.json() };
  };
  const server = createSimServer({
    name: 'bazaar',
    clock,
    faults,
    calls,
    latencyMs: () => options.latencyMs ?? 0,
    routeOf: (method, path) => router.find(method, path)?.route.path ?? '',
    answer,
    errorFor: (status) => ({ status, body: { error: 'injected' } }),
    control: createControl({ name: 'bazaar', faults, calls, routes: ROUTES, world, actions: {} }),
  });
  return {
    name: 'bazaar',
    get url() {
      return server.url;
    },
    take: server.take,
    start: (port) => server.start(port),
    async stop() {
      deliverer.stop();
      await server.stop();
    },
    world,
    calls,
    faults,
    routes: ROUTES,
  };
}

/** The merchant agrees at once, and the browser goes back with a code. `shop` says which one; else the first. */
function agree({ redirect, shop }: BazaarWorld, query: URLSearchParams, first: string): SimResponse {
  if (redirect === undefined) return { status: 400, body: { error: 'no address to go back to' } };
  const back = new URL(redirect);
  back.searchParams.set('code', shop.agree(query.get('shop') ?? first));
  back.searchParams.set('state', query.get('state') ?? '');
  return { status: 302, headers: { location: back.href } };
}

/** A bucket for each shop. */
function createLimiter({ now }: { now(): number }, limits: ReadonlyMap<string, Limit>) {
  const states = new Map([...limits].map(([id, { burst }]) => [id, { left: burst, at: now() }]));
  return (storeId: string) => {
    const { perSecond, burst } = limits.get(storeId) ?? { perSecond: 1, burst: 1 };
    const before = states.get(storeId) ?? { left: burst, at: now() };
    const left = Math.min(burst, before.left + ((now() - before.at) / 1000) * perSecond);
    const refused = left < 1;
    states.set(storeId, { left: refused ? left : left - 1, at: now() });
    const headers = { [LIMIT_HEADERS.size]: String(burst), [LIMIT_HEADERS.left]: String(Math.floor(left)) };
    return { refused, headers };
  };
}
