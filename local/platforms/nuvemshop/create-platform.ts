import { createEffects } from '../shared/effects.ts';
import type { SeededRandom } from '../shared/seeded-random.ts';
import { createWebhookDeliverer } from '../shared/webhook-deliverer.ts';
import type { SimClock } from '../simulator.ts';
import { defaultScopes, type NuvemshopSimulatorOptions } from './options.ts';
import type { IdKind, Platform } from './platform.ts';
import { retryWaits } from './webhooks/retry-schedule.ts';
import { signWebhook } from './webhooks/signature.ts';
import { seedStore } from './world/seed-store.ts';

// Order ids are close to the int32 limit and line ids beyond it, as in the shops of 2026.
const firstIds: Readonly<Record<IdKind, number>> = {
  order: 2_058_709_648,
  line: 3_127_510_877,
  product: 332_537_484,
  variant: 1_479_416_655,
  image: 1_152_270_560,
  category: 11_654_304,
  customer: 105_799_009,
  webhook: 8_901,
  metafield: 12_877,
  address: 80_189_931,
};

/** Makes the platform's whole state, with its shops. */
export function createPlatform(
  options: NuvemshopSimulatorOptions & { clock: SimClock },
  random: SeededRandom,
): Platform {
  const { clock, app = {} } = options;
  const ids = { ...firstIds };
  const clientSecret = app.clientSecret ?? random.fork('client-secret').hex(40);
  const platform: Platform = {
    clock,
    random,
    options,
    app: {
      id: app.id ?? '4321',
      clientSecret,
      redirectUrl: app.redirectUrl ?? 'http://127.0.0.1:8787/oauth/nuvemshop/callback',
      scopes: app.scopes ?? defaultScopes,
      privacyUrls: app.privacyUrls ?? {},
    },
    stores: new Map(),
    codes: new Map(),
    effects: createEffects(),
    deliverer: createWebhookDeliverer({
      clock,
      random: random.fork('deliveries'),
      policy: {
        timeoutMs: options.webhookTimeoutMs ?? 3000,
        retryWaitsMs: retryWaits(options.webhookAttempts ?? 18),
      },
      retryScale: options.retryScale ?? 1,
      duplicateProbability: options.duplicateProbability ?? 0,
      reorderProbability: options.reorderProbability ?? 0,
    }),
    sign: (body) => signWebhook(body, clientSecret),
    nextId(kind) {
      const id = ids[kind];
      ids[kind] += random.int(1, 9);
      return id;
    },
  };
  for (const [index, store] of (options.stores ?? [{}]).entries()) {
    const seeded = seedStore(platform, store, index);
    platform.stores.set(seeded.id, seeded);
  }
  return platform;
}
