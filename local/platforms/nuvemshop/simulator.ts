import { realClock } from '../shared/clock.ts';
import { createControl } from '../shared/control.ts';
import { createFaultRegistry } from '../shared/fault-registry.ts';
import { createRouter } from '../shared/routes.ts';
import { createSeededRandom } from '../shared/seeded-random.ts';
import { createSimServer } from '../shared/sim-server.ts';
import type { CallRecord, RouteDoc, Simulator } from '../simulator.ts';
import { oauthRoutes } from './access/oauth.ts';
import { createAnswerer } from './answer.ts';
import { apiRoutes } from './api-routes.ts';
import { controlActions } from './control-actions.ts';
import { createPlatform } from './create-platform.ts';
import { envelope } from './errors.ts';
import type { NuvemshopSimulatorOptions } from './options.ts';
import { createWorld, type NuvemshopWorld } from './world/world.ts';

/** Every route of the simulator, with where the platform documents it. */
export const routes: readonly RouteDoc[] = [
  ...oauthRoutes,
  ...apiRoutes.map((route) => ({ ...route, path: `/{version}/{store_id}${route.path}` })),
].map(({ method, path, source }) => ({ method, path, source }));

/**
 * Makes a Nuvemshop/Tiendanube that answers on 127.0.0.1: OAuth, the versions 2025-03, v1 and unstable of the API,
 * the leaky bucket, webhooks. It does not listen before `start`.
 */
export function createNuvemshopSimulator(options: NuvemshopSimulatorOptions = {}): Simulator<NuvemshopWorld> {
  const clock = options.clock ?? realClock();
  const random = createSeededRandom(options.seed ?? 1);
  const platform = createPlatform({ ...options, clock }, random.fork('platform'));
  const world = createWorld(platform);
  const calls: CallRecord[] = [];
  const faults = createFaultRegistry(random.fork('faults'));
  const locator = createRouter(routes);
  const server = createSimServer({
    name: 'nuvemshop',
    clock,
    faults,
    calls,
    latencyMs: () => options.latencyMs ?? 0,
    routeOf: (method, path) => locator.find(method, path)?.route.path ?? '',
    answer: createAnswerer(platform),
    errorFor: (status) => envelope(status, null),
    control: createControl({
      name: 'nuvemshop',
      faults,
      calls,
      routes,
      world,
      actions: controlActions(world),
    }),
  });
  return {
    name: 'nuvemshop',
    get url() {
      return server.url;
    },
    take: server.take,
    start: (port) => server.start(port),
    async stop() {
      platform.deliverer.stop();
      await server.stop();
    },
    world,
    calls,
    faults,
    routes,
  };
}
