import * as z from 'zod';
import { imotrizSettings } from '../../../functions/platforms/imotriz/settings.ts';
import { realClock } from '../shared/clock.ts';
import { createSimulatedStore } from '../shared/simulated-store.ts';
import type { SimClock, Simulator } from '../simulator.ts';
import type { SimulatedStore, SimulatorModule } from '../simulator-module.ts';
import type { ImotrizCountry } from './countries.ts';
import { drawSteps, lifecycle } from './lifecycle.ts';
import { DEFAULTS, type ImotrizSimulatorOptions } from './options.ts';
import { createImotrizSimulator } from './simulator.ts';
import type { ImotrizWorld } from './world.ts';

const DAY_MS = 86_400_000;
const storeSettings = z.looseObject({
  country: z.enum(['co', 'mx', 'ec', 'cr'] satisfies ImotrizCountry[]),
  storeId: z.string(),
});
const pageOfRecords = z.union([
  z.array(z.unknown()),
  z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data),
  z.object({ data: z.null() }).transform((): unknown[] => []),
  z
    .object({ data: z.record(z.string().regex(/^\d+$/), z.unknown()) })
    .transform(({ data }) => Object.values(data)),
  // Without `data`, but it says itself that it returns nothing: no order can be missing from it.
  z
    .strictObject({ metadata: z.looseObject({ returned_transactions: z.literal(0) }) })
    .transform((): unknown[] => []),
]);

/** iMotriz: a simulator for each store, as each country has its host and each store its token. */
export const imotrizModule: SimulatorModule<ImotrizWorld, ImotrizSimulatorOptions> = {
  title: 'iMotriz',
  addresses: {},
  pointAt(settings, originOf) {
    const { stores } = imotrizSettings().parse(settings);
    return { stores: stores.map((store) => ({ ...store, baseUrl: originOf(store.storeId) })) };
  },
  create({ seed, stores, own = {}, ...common }) {
    const accounts = stores?.map((settings) => storeSettings.parse(settings)) ?? [{}];
    return accounts.map((account, index) => {
      const seedOfStore = index === 0 ? seed : `${seed}/${index}`;
      const token = index === 0 ? DEFAULTS.token : `${DEFAULTS.token}-${index}`;
      const simulator = createImotrizSimulator({
        oddities: true,
        ...common,
        seed: seedOfStore,
        token,
        ...account,
        ...own,
      });
      return openStore(simulator, {
        clock: own.clock ?? common.clock ?? realClock(),
        newOrdersPath: own.paths?.newOrders ?? DEFAULTS.paths.newOrders,
      });
    });
  },
  drawSteps,
  standalone: {
    port: 4630,
    describe: ({ simulator: { url, world } }) => [
      `token ${world.token}`,
      `curl -H 'Content-Type: application/json' -H 'Authorization: ${world.token}' \\`,
      `  ${url}${DEFAULTS.paths.newOrders}`,
    ],
  },
};

function openStore(
  simulator: Simulator<ImotrizWorld>,
  { clock, newOrdersPath }: { clock: SimClock; newOrdersPath: string },
): SimulatedStore<ImotrizWorld> {
  const { world } = simulator;
  return createSimulatedStore({
    storeId: world.storeId,
    simulator,
    lifecycle,
    required: ({ hasId }) => hasId,
    secrets: () => ({ api: { token: world.token } }),
    // This platform calls nobody.
    connect: () => {},
    poll: {
      unread: () => world.unread(),
      handedOut: () => world.handedOut(),
      reads: (path) => path === newOrdersPath,
      recordsOf: recordsIn,
    },
    troubles: {
      'token-replaced'() {
        world.renewToken();
        // The new token goes on working; it only has to reach the secret.
        return () => {};
      },
      'no-sync-date'() {
        const before = clock.now() - DAY_MS;
        world.setSyncFrom(null);
        return () => world.setSyncFrom(before);
      },
      'broken-page'(random) {
        world.breakPages(random.pick(['html', 'data-missing']));
        return () => {};
      },
    },
  });
}

/** The records of a page in any of the forms that are one; undefined for what is none. */
function recordsIn(page: Buffer): unknown[] | undefined {
  const text = page.toString('utf8').trim();
  if (text === '') return [];
  try {
    return pageOfRecords.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
