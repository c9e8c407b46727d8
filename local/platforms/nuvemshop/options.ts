import type { SimClock } from '../simulator.ts';

/** A shop to simulate. */
export interface NuvemshopStoreOptions {
  /** Store id; default 5665778 for the first and counting up. */
  id?: number;
  country?: 'AR' | 'BR';
  /** `basic`: bucket of 40, 2 calls a second. `next`: ten times that. */
  plan?: 'basic' | 'next';
  /** Access token of an app that is installed already; default derived from the seed. `null`: not installed. */
  accessToken?: string | null;
  /** Warehouses; default 1. */
  locations?: number;
  /** How many locations the plan allows (guide: 1, 2, 3 or unlimited). Default: unlimited. */
  maxLocations?: number;
}

/** The partner app that calls the API. */
export interface NuvemshopAppOptions {
  id?: string;
  clientSecret?: string;
  /** Where the authorize page sends the merchant; typed into the partner panel. */
  redirectUrl?: string;
  /** What the app asks the merchant for. */
  scopes?: readonly string[];
  /** The privacy addresses that are typed into the partner panel. */
  privacyUrls?: Partial<Record<PrivacyTopic, string>>;
}

/** The three privacy webhooks that every app must offer. */
export type PrivacyTopic = 'store/redact' | 'customers/redact' | 'customers/data_request';

/** Options of the Nuvemshop simulator; every one has a default. */
export interface NuvemshopSimulatorOptions {
  clock?: SimClock;
  /** Ids, buyers, orders and chances are the same for the same seed. Default 1. */
  seed?: number | string;
  stores?: readonly NuvemshopStoreOptions[];
  app?: NuvemshopAppOptions;
  /**
   * Factor on the time a call waits in the server's leaky bucket. 1 is the platform, 0 answers at once.
   * The level of the bucket, its headers and its 429s always follow the clock.
   */
  queueDelayScale?: number;
  /** Milliseconds that each answer takes beyond the queue. Default 0. */
  latencyMs?: number;
  /** Factor on the waits between webhook attempts. Default 1 (5 minutes and more). */
  retryScale?: number;
  duplicateProbability?: number;
  reorderProbability?: number;
  /** Default 18, as the reference says; the limit of 48 hours ends them earlier. */
  webhookAttempts?: number;
  /** Default 3000. */
  webhookTimeoutMs?: number;
  /** Where the host of a registered webhook really is: `{'https://shop.example': 'http://127.0.0.1:8080'}`. */
  webhookHosts?: Readonly<Record<string, string>>;
  /** Accepts addresses of this machine in `POST /webhooks`, which the platform refuses. Default false. */
  allowLocalWebhooks?: boolean;
  /** Accepts `Authorization: Bearer` too. The reference refuses it, some live checks found it accepted. Default false. */
  acceptAuthorizationHeader?: boolean;
  /** How long `fulfillments` of a new order stays empty. Default 0. */
  fulfillmentsDelayMs?: number;
  /**
   * Orders as real shops have them: gifts, companies, kits, engravings, downloads, pickup, odd letters, large orders, parcels
   * that come late and in either list. Default false: plain ones.
   */
  oddOrders?: boolean;
  /**
   * What is paid back, cancelled, archived or taken out of the archive leaves `updated_at` as it was, as the official sample
   * of a cancellation does. Default false.
   */
  statusKeepsUpdatedAt?: boolean;
  /** Beyond how many items an order list errors. Default 10,000. */
  orderListCap?: number;
  /** The second, weighted bucket of variant writes, whose true figures are unpublished. Default: absent. */
  variantBucket?: { size: number; perSecond: number };
}

/** The scopes that an app for orders, stock and invoices asks for. */
export const defaultScopes: readonly string[] = [
  'write_products',
  'write_customers',
  'write_orders',
  'write_locations',
  'write_fulfillment_orders',
];
