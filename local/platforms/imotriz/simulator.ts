import { realClock } from '../shared/clock.ts';
import { createControl } from '../shared/control.ts';
import { createFaultRegistry } from '../shared/fault-registry.ts';
import { createRouter } from '../shared/routes.ts';
import { createSeededRandom } from '../shared/seeded-random.ts';
import { createSimServer } from '../shared/sim-server.ts';
import type { CallRecord, SimRequest, SimResponse, Simulator } from '../simulator.ts';
import { controlActions } from './control-actions.ts';
import { DEFAULTS, type ImotrizSimulatorOptions } from './options.ts';
import { problemFor } from './problems.ts';
import { createRoutes } from './routes.ts';
import type { ImotrizState } from './state.ts';
import { createWorld, type ImotrizWorld } from './world.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS_BACK = 30;

/**
 * Makes an iMotriz transactions API over HTTP, for one store of one country.
 *
 * Reading new orders marks them as synchronised, whether the answer arrives or not. The paths of ids and of one order
 * are not published: here they are options with made-up defaults.
 */
export function createImotrizSimulator(options: ImotrizSimulatorOptions = {}): Simulator<ImotrizWorld> {
  const state = createState(options);
  const world = createWorld(state);
  const calls: CallRecord[] = [];
  const faults = createFaultRegistry(createSeededRandom(options.seed ?? 1).fork('faults'));
  const served = createRoutes(state.paths);
  const router = createRouter(served);
  const answer = async (request: SimRequest): Promise<SimResponse> => {
    const match = router.find(request.method, request.path);
    if (match === undefined) return problemFor(router.methodsOf(request.path).length > 0 ? 405 : 404);
    return refusalOf(request, state) ?? match.route.handle({ ...request, params: match.params }, state);
  };
  const server = createSimServer({
    name: 'imotriz',
    clock: state.clock,
    faults,
    calls,
    latencyMs: () => options.latencyMs ?? 0,
    routeOf: (method, path) => router.find(method, path)?.route.path ?? '',
    answer,
    errorFor: problemFor,
    control: createControl({
      name: 'imotriz',
      faults,
      calls,
      routes: served,
      world,
      actions: controlActions(world),
    }),
  });
  return {
    name: 'imotriz',
    get url() {
      return server.url;
    },
    take: server.take,
    start: (port) => server.start(port),
    stop: () => server.stop(),
    world,
    calls,
    faults,
    routes: served,
  };
}

// The token stands alone in the header, without a scheme before it (transactions guide).
function refusalOf(request: SimRequest, state: ImotrizState): SimResponse | undefined {
  if (request.headers.authorization !== state.token) return problemFor(401);
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return problemFor(400);
  return state.syncFrom === null ? problemFor(403) : undefined;
}

function createState(options: ImotrizSimulatorOptions): ImotrizState {
  const clock = options.clock ?? realClock();
  const { syncFrom = clock.now() - DEFAULT_DAYS_BACK * DAY_MS } = options;
  return {
    options,
    clock,
    random: createSeededRandom(options.seed ?? 1).fork('imotriz'),
    oddRandom: createSeededRandom(options.seed ?? 1).fork('imotriz-odd'),
    country: options.country ?? 'co',
    storeId: options.storeId ?? DEFAULTS.storeId,
    paths: { ...DEFAULTS.paths, ...options.paths },
    idKey: options.idKey ?? 'id',
    token: options.token ?? DEFAULTS.token,
    syncFrom,
    sales: new Map(),
    brokenPages: [],
  };
}
