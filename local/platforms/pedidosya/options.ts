import type { SimClock } from '../simulator.ts';
import type { TransportType } from './orders/order.ts';

/** Who picks the goods: the store with a system of its own, or the store with the platform's app. */
export type PickingMode = 'partner' | 'pelican';

/** A store of the simulated chain. */
export interface StoreOptions {
  /** The platform's short code, such as `nbet`. */
  id: string;
  name: string;
  /** Two-letter country code in lower case; it decides currency and decimals. */
  country: string;
  pickingMode: PickingMode;
  /** The partner's own code. Once set, it replaces the platform's code in every path. */
  externalCode?: string;
  transport?: TransportType;
  /** Below this stock a product is switched off. Default 1. */
  stockBuffer?: number;
}

/** Where webhooks of one purpose go, and the text that stands in their `Authorization` header, verbatim. */
export interface WebhookTarget {
  url: string;
  secret: string;
}

/** Options of the simulated PedidosYa; every one has a default. */
export interface PedidosYaSimulatorOptions {
  /** Ids, buyers, orders and chances are the same for the same seed. Default 1. */
  seed?: number | string;
  /** Default: the machine's own time. */
  clock?: SimClock;
  /** Milliseconds that each answer takes. Default 0. */
  latencyMs?: number;
  chainId?: string;
  stores?: readonly StoreOptions[];
  /** Bearer tokens that never expire. */
  staticTokens?: readonly string[];
  oauthClients?: readonly { id: string; secret: string }[];
  /** Default 7200, as seen on the real platform. */
  tokenLifeSeconds?: number;
  orderWebhook?: WebhookTarget;
  catalogueWebhook?: WebhookTarget;
  /** Factor on the 10 s between webhook attempts. Default 1. */
  retryScale?: number;
  /** Chance that a webhook is sent twice. Default 0. */
  duplicateProbability?: number;
  /** Chance that a webhook is overtaken by later ones. Default 0. */
  reorderProbability?: number;
  /** Calls a minute that one source address may make. Default 60. */
  callsPerMinute?: number;
  /** Token requests a minute. Default 50. */
  tokenCallsPerMinute?: number;
  /** What the edge says to an address over its limit; both come as HTML. Default 429. */
  limitStatus?: 429 | 403;
  /** How long an address stays blocked, milliseconds. Default 60,000. */
  limitBlockMs?: number;
  /** Which time the order list's window looks at: the documentation does not say. Default `created`. */
  listWindow?: 'created' | 'updated';
  /** What an order says after the store's own DISPATCHED: a sister brand says READY_FOR_PICKUP. Default DISPATCHED. */
  dispatchedShownAs?: 'DISPATCHED' | 'READY_FOR_PICKUP';
  /**
   * What becomes of lines that a PUT of an order leaves out: the documentation does not say. Default `kept`; `dropped` takes
   * them off.
   */
  omittedLines?: 'kept' | 'dropped';
  /** How the field for the most units per order is spelt; portal pages disagree. The other spelling is unknown. */
  maximumField?: 'maximum_sales_quantity' | 'max_sales_quantity';
  /** Spelling of the job webhook: `status`/`download_url`, `job_status`/`downloadURL`, or in turns (default). */
  jobWebhookSpelling?: 'snake' | 'camel' | 'alternate';
  /**
   * Orders as real chains have them: goods not weighed yet, vouchers, tips, deposits, odd letters, many lines; and now and then
   * a first webhook with nothing but the status. Default false: plain ones.
   */
  oddOrders?: boolean;
  /** Milliseconds that a job spends in QUEUED and again in IN_PROGRESS. Default 50. */
  jobStepMs?: number;
}

/** A chain with four stores: each delivery kind, both picking modes, currencies with and without decimals. */
export const DEFAULT_STORES: readonly StoreOptions[] = [
  { id: 'nbet', name: 'Almacén de Prueba Centro', country: 'uy', pickingMode: 'partner' },
  {
    id: 's8ym',
    name: 'Minimarket de Prueba',
    country: 'uy',
    pickingMode: 'pelican',
    externalCode: 'store-002',
  },
  {
    id: 'ar5v',
    name: 'Vinoteca de Prueba',
    country: 'ar',
    pickingMode: 'partner',
    transport: 'VENDOR_DELIVERY',
  },
  { id: 'cl4p', name: 'Despensa de Prueba', country: 'cl', pickingMode: 'partner' },
];

/** The chain, credentials and limits used when the options name none. */
export const DEFAULTS = {
  chainId: '79d3a074-0f4c-44ac-892c-787fdfb04ba1',
  staticToken: 'simulated-static-token',
  oauthClient: { id: 'simulated-client', secret: 'simulated-client-secret' },
  tokenLifeSeconds: 7200,
  callsPerMinute: 60,
  tokenCallsPerMinute: 50,
  limitBlockMs: 60_000,
  jobStepMs: 50,
} as const;
