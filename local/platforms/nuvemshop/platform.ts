import type { Effects } from '../shared/effects.ts';
import type { SimRoute } from '../shared/routes.ts';
import type { SeededRandom } from '../shared/seeded-random.ts';
import type { WebhookDeliverer } from '../shared/webhook-deliverer.ts';
import type { SimClock } from '../simulator.ts';
import type { LeakyBucket } from './access/leaky-bucket.ts';
import type { Category, CustomField, Location, Product } from './catalogue/catalogue.ts';
import type { NuvemshopSimulatorOptions, PrivacyTopic } from './options.ts';
import type { Order } from './orders/order.ts';
import type { Customer } from './resources/customer.ts';
import type { Metafield } from './resources/metafield.ts';
import type { Webhook } from './webhooks/webhook.ts';

/** Why a store refuses the whole API with 402. */
export type Suspension = 'store-unpaid' | 'app-suspended';

/** One shop with everything in it. */
export interface Store {
  id: number;
  name: string;
  country: 'AR' | 'BR';
  currency: string;
  language: 'es' | 'pt';
  plan: 'basic' | 'next';
  maxLocations: number;
  createdAt: number;
  accessToken: string | undefined;
  scopes: ReadonlySet<string>;
  suspension: Suspension | undefined;
  bucket: LeakyBucket;
  variantBucket: LeakyBucket | undefined;
  nextOrderNumber: number;
  orders: Map<number, Order>;
  products: Map<number, Product>;
  categories: Map<number, Category>;
  customers: Map<number, Customer>;
  locations: Map<string, Location>;
  webhooks: Map<number, Webhook>;
  metafields: Map<number, Metafield>;
  customFields: Map<string, CustomField>;
  transactions: Map<number, object[]>;
}

/** The partner app. */
export interface App {
  id: string;
  clientSecret: string;
  redirectUrl: string;
  scopes: readonly string[];
  privacyUrls: Partial<Record<PrivacyTopic, string>>;
}

/** An authorization code that waits to be exchanged. */
export interface PendingCode {
  storeId: number;
  expiresAt: number;
}

/** Kinds of numeric ids; each counts on its own. */
export type IdKind =
  | 'order'
  | 'line'
  | 'product'
  | 'variant'
  | 'image'
  | 'category'
  | 'customer'
  | 'webhook'
  | 'metafield'
  | 'address';

/** The simulated platform: clock, chance, app and shops. */
export interface Platform {
  clock: SimClock;
  random: SeededRandom;
  options: NuvemshopSimulatorOptions;
  app: App;
  stores: Map<number, Store>;
  codes: Map<string, PendingCode>;
  deliverer: WebhookDeliverer;
  effects: Effects;
  /** The signature of a webhook's body. */
  sign(body: string): string;
  /** The next id of a kind: rising with gaps, because a platform's ids are shared by all its shops. */
  nextId(kind: IdKind): number;
}

/** The API versions that exist (reference, versioning page). */
export const versions = ['2025-03', 'v1', 'unstable'] as const;

/** One of the versions. */
export type Version = (typeof versions)[number];

/** An admitted API call. */
export interface ApiCall {
  platform: Platform;
  store: Store;
  version: Version;
  /** Unix milliseconds at which the call is carried out. */
  now: number;
}

/** A route of the API; its path starts after `/{version}/{store_id}`. */
export interface ApiRoute extends SimRoute<ApiCall> {
  /** The scope that the token needs; `write_x` grants `read_x`. */
  scope?: string;
  /** The versions that have it; all when absent. */
  only?: readonly Version[];
}
