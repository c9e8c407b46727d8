import { fileURLToPath } from 'node:url';
import { type Channel, channelsOf, readMerchant } from '../../config/merchant.ts';
import type { PlatformName } from '../../functions/domain/order.ts';
import type { Platform } from '../../functions/platforms/platform.ts';
import type { OrderResource } from '../../functions/platforms/resource.ts';
import type { Store } from '../../functions/platforms/store.ts';
import { ANY_CLIENT, type PlatformJob, secretName } from '../../functions/runtime/environment.ts';
import { COMMAND_PREFIX } from '../../functions/storage/command-keys.ts';
import { ORDER_ROW_SK } from '../../functions/storage/keys.ts';
import { credentialsIn, jobsOf, permissionsOf } from '../../lib/jobs.ts';
import { simulators } from '../../local/platforms/registry.ts';
import type { SimulatorModule } from '../../local/platforms/simulator-module.ts';

/** One store of the simulated merchant. */
export interface MerchantStore {
  /** As plans name it: `<platform>/<id>`. */
  name: string;
  platform: Platform;
  store: Store;
  /** Where the store's platform is called. The last label exists nowhere. */
  host: string;
  /** What can go wrong with the account, by name. */
  troubles: readonly string[];
  /** Whether the platform passes on requests to erase a buyer. */
  erases: boolean;
}

/** Where our API is called. */
export const API_HOST = 'api.invalid';
export const TABLE = { orders: 'orders', control: 'control' } as const;

const merchant = readMerchant(fileURLToPath(new URL('./merchant.json', import.meta.url)));
/** Days that the platforms' own bytes are kept. */
export const RAW_DAYS = merchant.rawDays;
const storeName = (platform: PlatformName, storeId: string): string => `${platform}/${storeId}`;
const hostOf = (platform: PlatformName, storeId: string): string =>
  `${storeId}.${platform}.invalid`.toLowerCase();

/** The platforms that the merchant sells on, each with simulated hosts in its place. */
export const CHANNELS: readonly Channel[] = channelsOf({
  platforms: Object.fromEntries(
    channelsOf(merchant).map(({ platform, settings }) => {
      const pointed = simulatorOf(platform).pointAt(settings, (id) => `https://${hostOf(platform.name, id)}`);
      return [platform.name, platform.settings().parse(pointed)];
    }),
  ),
});

export const STORES: readonly MerchantStore[] = CHANNELS.flatMap(({ platform, stores }) => {
  const stopped = { now: () => 0, setTimeout: () => () => {} };
  const simulated = simulatorOf(platform).create({
    seed: 'troubles',
    clock: stopped,
    stores: stores.map(({ settings }) => settings),
  });
  return stores.map((store) => {
    const { troubles = {}, webhooks } = simulated.find(({ storeId }) => storeId === store.id) ?? {};
    return {
      name: storeName(platform.name, store.id),
      platform,
      store,
      host: hostOf(platform.name, store.id),
      troubles: Object.keys(troubles),
      erases: webhooks?.erasure !== undefined,
    };
  });
});

export function simulatorOf(platform: Platform): SimulatorModule {
  const found = simulators.get(platform.name);
  if (found === undefined) throw new Error(`there is no simulator of ${platform.name}`);
  return found;
}

/** @throws Error for a platform that the merchant does not sell on. */
export function channelOf(platform: PlatformName): Channel {
  const found = CHANNELS.find((channel) => channel.platform.name === platform);
  if (found === undefined) throw new Error(`the simulated merchant does not sell on ${platform}`);
  return found;
}

export const ordersOf = (platform: PlatformName): OrderResource =>
  channelOf(platform).platform.resources.order;

/** The platform whose webhooks come to a path of our API. */
export const channelAt = (path: string): Channel | undefined =>
  CHANNELS.find(({ platform: { webhook }, stores }) =>
    webhook?.routes(stores).some((route) => route.path === path),
  );

/** The name that a secret has in the account. */
export function secretId(
  { platform }: Pick<Channel, 'platform'>,
  credential: string,
  storeId: string,
): string {
  const own = platform.credentials[credential]?.per === 'store';
  return `${platform.name}/${secretName(credential, own ? storeId : undefined)}`;
}

const variables = new WeakMap<Channel, Map<PlatformJob, Record<string, string>>>();

/** What the deployment sets for a function. The URL of a queue is the platform's name. */
export function variablesOf(channel: Channel, job: PlatformJob): Record<string, string> {
  const known = variables.get(channel) ?? new Map<PlatformJob, Record<string, string>>();
  variables.set(channel, known);
  const found = known.get(job) ?? deployedVariables(channel, job);
  known.set(job, found);
  return found;
}

function deployedVariables(channel: Channel, job: PlatformJob): Record<string, string> {
  const credentials = credentialsIn(permissionsOf(job, channel));
  const secrets = credentials.flatMap((credential) =>
    channel.stores.map(({ id }) => {
      const own = channel.platform.credentials[credential]?.per === 'store';
      return [secretName(credential, own ? id : undefined), secretId(channel, credential, id)];
    }),
  );
  return {
    MERCHANT: merchant.name,
    LOG_LEVEL: 'DEBUG',
    SECRETS: JSON.stringify(Object.fromEntries(secrets)),
    QUEUE_URL: job === 'dispatch' ? commandQueue(channel.platform.name) : channel.platform.name,
    ORDERS_TABLE: TABLE.orders,
    CONTROL_TABLE: TABLE.control,
    RAW_DAYS: String(RAW_DAYS),
    ACKNOWLEDGED_BY: ANY_CLIENT,
  };
}

/** What the deployment sets for a function of the merchant's own system. */
export const variablesOfErp = (): Record<string, string> => ({
  MERCHANT: merchant.name,
  LOG_LEVEL: 'DEBUG',
  SECRETS: JSON.stringify({ signing: SIGNING_SECRET, tokens: TOKENS_SECRET }),
  QUEUE_URL: DELIVERIES,
  COMMAND_QUEUES: JSON.stringify(
    Object.fromEntries(COMMANDED.map(({ platform: { name } }) => [name, commandQueue(name)])),
  ),
  ORDERS_TABLE: TABLE.orders,
  CONTROL_TABLE: TABLE.control,
  RAW_DAYS: String(RAW_DAYS),
});

/** Names of the queue of endpoints that have work, and of the secrets of their signatures and of the API's tokens. */
export const DELIVERIES = 'erp-deliveries';
export const SIGNING_SECRET = 'erp/signing';
export const TOKENS_SECRET = 'erp/tokens';

/** Platforms that carry out commands. */
export const COMMANDED: readonly Channel[] = CHANNELS.filter((channel) =>
  jobsOf(channel).includes('dispatch'),
);
/** Name of the queue of a platform's orders that have commands. */
export const commandQueue = (platform: PlatformName): string => `${platform}-commands`;

/** Figures of the deployment that decide how a message lives; times in ms. A test compares them with what is deployed. */
export const DEPLOYED = {
  timeoutMs: { receive: 5000, process: 90_000, poll: 120_000, reconcile: 300_000, dispatch: 120_000 },
  queue: { visibilityMs: 540_000, maxReceives: 5, batchSize: 10 },
  commands: { visibilityMs: 720_000, batchSize: 10, maxConcurrency: 2 },
  erp: {
    timeoutMs: { publish: 60_000, api: 28_000, deliver: 120_000, sweep: 60_000 },
    deliveries: { visibilityMs: 720_000, batchSize: 10, maxConcurrency: 2 },
    sweepEveryMs: 60_000,
    stream: {
      batchSize: 100,
      windowMs: 0,
      startingPosition: 'TRIM_HORIZON',
      parallelization: 1,
      bisect: true,
      maxRetries: -1,
      maxAgeMs: 23 * 3_600_000,
      reportsFailures: true,
      filters: [ORDER_ROW_SK, { prefix: COMMAND_PREFIX }].map((sk) =>
        JSON.stringify({ dynamodb: { Keys: { sk: { S: [sk] } } } }),
      ),
    },
  },
} as const;
