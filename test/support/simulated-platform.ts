import { onTestFinished, vi } from 'vitest';
import { deployedFor } from '../../functions/pipeline/deployed.ts';
import { readingOf } from '../../functions/pipeline/order-writer.ts';
import { createReconcilers } from '../../functions/pipeline/reconcile/reconcile.ts';
import type { Platform } from '../../functions/platforms/platform.ts';
import type { Clock } from '../../functions/runtime/clock.ts';
import type { SimWorld } from '../../local/platforms/simulator.ts';
import type { SimulationOptions, SimulatorModule } from '../../local/platforms/simulator-module.ts';
import { openDeployment, type RunOptions, runOf, secretId } from './deployment-bench.ts';
import type { LocalTables } from './local-tables.ts';
import { createVirtualClock } from './virtual-clock.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');

export interface SimulatedOptions<World extends SimWorld, Own extends object> {
  module: SimulatorModule<World, Own>;
  /** The merchant's settings of the platform; a test has its own stores, because a file's tests share one table. */
  settings: object;
  simulator?: Omit<SimulationOptions<Own>, 'seed' | 'stores' | 'clock'>;
  /** Whether the reconciliation looks after the stores' webhooks too. */
  subscribes?: boolean;
}

/**
 * A merchant's account with the functions of one platform, and the simulated platform that they call over HTTP, on one
 * clock that moves when somebody sleeps.
 */
export async function openSimulated<World extends SimWorld, Own extends object>(
  tables: LocalTables,
  platform: Platform,
  { module, settings, simulator: wishes, subscribes = false }: SimulatedOptions<World, Own>,
) {
  const sim = createVirtualClock(NOON);
  const clock: Clock = { now: () => sim.now(), sleep: (ms) => sim.advance(ms) };
  const { stores } = deployedFor(platform, platform.settings().parse(settings));
  const accounts = module.create({
    seed: 1,
    clock: sim,
    queueDelayScale: 0,
    ...wishes,
    stores: stores.map((store) => store.settings),
  });
  const [first] = accounts;
  if (first === undefined) throw new Error('there is no store');
  const simulators = new Set(accounts.map(({ simulator }) => simulator));
  for (const simulator of simulators) {
    await simulator.start();
    onTestFinished(() => simulator.stop());
  }
  const originOf = (storeId: string): string =>
    accounts.find((account) => account.storeId === storeId)?.simulator.url ?? '';
  const secrets = new Map<string, object>();
  /** Puts into the secrets what a person would find in the platform's panel now. */
  const fillSecrets = (): void => {
    for (const { storeId, secrets: secretsOf } of accounts)
      for (const [credential, value] of Object.entries(secretsOf())) {
        const own = platform.credentials[credential]?.per === 'store' ? storeId : undefined;
        secrets.set(secretId(credential, own), value);
      }
  };
  fillSecrets();
  const { requests, answer } = watchFetch();
  const bed = openDeployment(tables, {
    deployed: deployedFor(platform, platform.settings().parse(module.pointAt(settings, originOf))),
    clock,
    secrets,
  });
  const { WEBHOOK_URL: webhookUrl, ...env } = bed.runtime.env;
  const [reconciler] = createReconcilers(bed.deployed, {
    ...bed.runtime,
    env: subscribes ? { ...env, WEBHOOK_URL: webhookUrl } : env,
  });
  if (reconciler === undefined) throw new Error('there is no store');
  return {
    ...bed,
    /** Moves the time of the platform and of the functions. */
    advance: (ms: number) => sim.advance(ms),
    /** The first store, as the platform has it. */
    account: first,
    simulator: first.simulator,
    world: first.simulator.world,
    calls: first.simulator.calls,
    webhookUrl,
    circuit: reconciler.connection.circuit,
    reconciler,
    fillSecrets,
    requests,
    answer,
    /** One run of the first store's reconciliation. */
    run: (options?: RunOptions) => runOf(reconciler, options),
    /** Brings orders into the table as a fetch does, as the platform shows them now. */
    async keep(...orderIds: string[]): Promise<void> {
      const { order } = platform.resources;
      for (const orderId of orderIds) {
        const json = first.truth(orderId)[0]?.json;
        const reading = readingOf(order.normalise(json, bed.store()));
        await bed.observe(orderId, reading, Buffer.from(JSON.stringify(json)));
      }
    },
  };
}

type Answer = (url: URL, json: unknown) => unknown;

/** Notes the URLs that are called; a test may put other JSON in the place of an answer's. */
function watchFetch() {
  const requests: URL[] = [];
  const answers: Answer[] = [];
  const straight = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: string | URL, init?: RequestInit) => {
    const url = new URL(input);
    requests.push(url);
    const response = await straight(input, init);
    if (answers.length === 0) return response;
    const { status, headers } = response;
    const json = answers.reduce((told, other) => other(url, told), (await response.json()) as unknown);
    const kept = new Headers(headers);
    kept.delete('content-length');
    return new Response(JSON.stringify(json), { status, headers: kept });
  });
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return {
    requests,
    /** From now on. */
    answer: (change: Answer) => void answers.push(change),
  };
}
