import { realClock } from '../shared/clock.ts';
import { createControl } from '../shared/control.ts';
import { createEffects } from '../shared/effects.ts';
import { createFaultRegistry } from '../shared/fault-registry.ts';
import { createRouter } from '../shared/routes.ts';
import { createSeededRandom } from '../shared/seeded-random.ts';
import { createSimServer } from '../shared/sim-server.ts';
import type { CallRecord, SimRequest, SimResponse, Simulator } from '../simulator.ts';
import { createCredentials } from './access/credentials.ts';
import { checkAccess, createEdge, type Gate } from './access/gate.ts';
import { accountRoutes } from './account-routes.ts';
import { createJobs } from './catalogue/jobs.ts';
import { catalogueRoutes } from './catalogue/routes.ts';
import { controlActions } from './control-actions.ts';
import { createNotifier } from './notifier.ts';
import { DEFAULT_STORES, DEFAULTS, type PedidosYaSimulatorOptions } from './options.ts';
import { orderRoutes } from './orders/routes.ts';
import { problem, problemFor, unknownPath } from './problems.ts';
import { openStore, type PedidosYaState } from './state.ts';
import { createWorld, type PedidosYaWorld } from './world.ts';

/** Every route of the simulated PedidosYa, with its source. */
export const routes = [...orderRoutes, ...catalogueRoutes, ...accountRoutes] as const;

/**
 * Makes a PedidosYa (Delivery Hero Partner API) over HTTP; its base URL is `<url>/v2`.
 *
 * Behaves as documented for one chain: tokens, limits by source address, orders, catalogue with jobs, promotions,
 * webhooks. Several chains can stand behind one network edge. A source address other than the loopback's can be pretended with the header `x-sim-source-address`.
 */
export function createPedidosYaSimulator(
  options: PedidosYaSimulatorOptions = {},
  edge: Gate = createEdge(options),
): Simulator<PedidosYaWorld> {
  const state = createState(options);
  const world = createWorld(state);
  const calls: CallRecord[] = [];
  const faults = createFaultRegistry(createSeededRandom(options.seed ?? 1).fork('faults'));
  const router = createRouter(routes);
  const answer = async (request: SimRequest): Promise<SimResponse> => {
    const blocked = edge(request, state);
    if (blocked !== undefined) return blocked;
    const match = router.find(request.method, request.path);
    if (match === undefined) return noRoute(router.methodsOf(request.path));
    const bound = { ...request, params: match.params };
    return checkAccess(bound, state) ?? match.route.handle(bound, state);
  };
  const server = createSimServer({
    name: 'pedidosya',
    clock: state.clock,
    faults,
    calls,
    latencyMs: () => options.latencyMs ?? 0,
    routeOf: (method, path) => router.find(method, path)?.route.path ?? '',
    answer,
    errorFor: problemFor,
    control: createControl({
      name: 'pedidosya',
      faults,
      calls,
      routes,
      world,
      actions: controlActions(world),
    }),
  });
  return {
    name: 'pedidosya',
    get url() {
      return server.url;
    },
    take: server.take,
    start: (port) => server.start(port),
    async stop() {
      state.jobs.stop();
      state.notifier.deliverer.stop();
      await server.stop();
    },
    world,
    calls,
    faults,
    routes,
  };
}

function createState(options: PedidosYaSimulatorOptions): PedidosYaState {
  const clock = options.clock ?? realClock();
  const random = createSeededRandom(options.seed ?? 1).fork('pedidosya');
  return {
    options,
    clock,
    random: random.fork('orders'),
    oddRandom: random.fork('odd-orders'),
    chainId: options.chainId ?? DEFAULTS.chainId,
    stores: (options.stores ?? DEFAULT_STORES).map((store) => openStore(store, random.fork(store.id))),
    orders: new Map(),
    promotions: new Map(),
    bare: new Map(),
    effects: createEffects(),
    announced: new Map(),
    credentials: createCredentials(options, random.fork('credentials')),
    jobs: createJobs(clock, options.jobStepMs ?? DEFAULTS.jobStepMs),
    notifier: createNotifier(options, clock, random.fork('webhooks')),
  };
}

function noRoute(methods: readonly string[]): SimResponse {
  if (methods.length === 0) return unknownPath();
  return problem(405, 'METHOD_NOT_ALLOWED', `Allowed here: ${methods.join(', ')}`);
}
