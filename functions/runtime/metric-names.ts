import type { PlatformName } from '../domain/order.ts';

/** CloudWatch namespace of every metric that our code emits. */
export const METRIC_NAMESPACE = 'Acopio';

/** The dimensions of each series, by how its metric is kept: always the same ones, so that no alarm misses a series by them. */
export const METRIC_DIMENSIONS = {
  byPlatform: ['merchant', 'platform'],
  byMerchant: ['merchant'],
} as const;

/** Named once, because each function reads this file when it starts. */
const NEEDS_ATTENTION = 'NeedsAttention';
const ORDERS_ENDANGERED = 'OrdersEndangered';

/**
 * Series that count what several metrics tell, whatever the platform. CloudWatch asks for money for each series and each
 * alarm; for a number in a line of the log it asks nothing. The line says which metric it was, and of which platform.
 */
export const SHARED_METRICS = [NEEDS_ATTENTION, ORDERS_ENDANGERED] as const;
export type SharedMetric = (typeof SHARED_METRICS)[number];

/**
 * Where a metric's values go: into a series of each platform or of the merchant, which an alarm or a graph needs; as counts
 * into a series that several metrics share; or only into the line of the log, where the saved queries find them.
 */
export type Kept = keyof typeof METRIC_DIMENSIONS | SharedMetric | 'inLog';

/**
 * The metrics our functions emit, and how each is kept. Alarms and functions both take names from here, so an alarm cannot watch a metric that
 * nobody emits.
 */
export const METRICS = {
  /** Webhooks whose bytes are in the queue. */
  WebhookAccepted: 'byPlatform',
  /** Webhooks refused because their signature was wrong. */
  WebhookBadSignature: 'byMerchant',
  /** Webhooks refused for their body: too large, not JSON, or compressed in a way we do not read. */
  WebhookRefused: NEEDS_ATTENTION,
  /** Requests that are no webhook of ours: a wrong path or method; anybody can send them. */
  WebhookAstray: 'inLog',
  /** Webhooks answered 5xx because the queue did not take them. */
  WebhookNotQueued: ORDERS_ENDANGERED,
  /** Installations that ended well: token kept, webhooks subscribed. */
  InstallCompleted: 'inLog',
  /** Installations that ended in an error of ours or of the platform. */
  InstallFailed: ORDERS_ENDANGERED,
  /** Installations refused: link already used, permission missing or expired. */
  InstallRefused: 'inLog',
  /** Installations refused because the app was allowed into a store that is not the configured one. */
  InstallForeignStore: 'inLog',
  /** Poll runs that ended well. */
  PollCompleted: 'inLog',
  /** Poll runs that ended in an error. */
  PollFailed: 'byPlatform',
  /** Poll runs that found another run holding the lease. */
  PollSkipped: 'inLog',
  /** Orders handed out by the platform in a poll run. */
  PollOrdersFound: 'byPlatform',
  /** Poll runs in which the platform handed out a page again. */
  PollPageRepeated: 'byPlatform',
  /** Poll runs in which the platform said that orders are left and handed out none. */
  PollOrdersWithheld: 'byPlatform',
  /** Destructive reads whose answer may be lost, or could not be kept. */
  LostReadSuspected: ORDERS_ENDANGERED,
  /** Messages of a store that the queue refuses for good, and that wait for a person. */
  OutboxSetAside: 'byPlatform',
  /** Order rows created. */
  OrderCreated: 'byPlatform',
  /** Order rows changed. */
  OrderUpdated: 'inLog',
  /** Observations of an order that changed nothing. */
  OrderUnchanged: 'inLog',
  /** Observations older than the row, left out of it. */
  OrderStale: 'inLog',
  /** Rows put into state needs-review. */
  OrderNeedsReview: NEEDS_ATTENTION,
  /** Rows of customers put into state needs-review. */
  CustomerNeedsReview: NEEDS_ATTENTION,
  /** Rows of products put into state needs-review. */
  ProductNeedsReview: NEEDS_ATTENTION,
  /** SKUs of a store that several variants have, and variants that have none. */
  SkuProblems: 'inLog',
  /** Orders whose personal data was erased for good. */
  PersonalDataErased: 'inLog',
  /** Orders that the API handed out with the buyer's data, each time counted. */
  PersonalDataRead: 'inLog',
  /** Orders that the merchant's system should have acknowledged by now and did not. */
  OrdersUnacknowledged: 'byMerchant',
  /** Reports for data requests that the merchant can fetch. */
  PrivacyReportReady: NEEDS_ATTENTION,
  /** Stores whose persons will be erased once the time to stop it is over. */
  StoreErasureWaiting: 'byPlatform',
  /** Notices that the app was suspended or removed, which a call showed to be untrue now. */
  NoticeOutdated: 'inLog',
  /** Well-formed events that need no work here. */
  EventIgnored: 'inLog',
  /** Orders of outlets that are not in the configuration. */
  OutletNotConfigured: 'byPlatform',
  /** Products that a catalogue job left as they were. */
  CatalogueRejected: NEEDS_ATTENTION,
  /** Catalogue jobs that ended without changing anything. */
  CatalogueJobFailed: NEEDS_ATTENTION,
  /** Events served by a fetch that began after them. */
  FetchCoalesced: 'inLog',
  /** From the receipt of an event to its row. */
  OrderLagSeconds: 'byPlatform',
  /** From first receipt to this attempt, over every re-send. */
  MessageAgeSeconds: 'byMerchant',
  /** Messages re-sent because they have to wait for a token. */
  MessageWaited: 'byPlatform',
  /** Messages re-sent because the platform failed. */
  MessageRetried: 'byPlatform',
  /** Calls made to the platform. */
  PlatformCall: 'inLog',
  /** Calls the platform refused for its limit (429). */
  PlatformThrottled: 'byMerchant',
  /** Calls that ended in 5xx, a time-out or a broken connection. */
  PlatformFailure: 'inLog',
  /** 1 while calls to the platform are stopped, 0 when they go on; of a platform that is polled, also 0 with each look. */
  PlatformPaused: 'byPlatform',
  /** 1 while the credentials of a store are not filled in, so that nobody calls its platform. */
  NotConnected: 'byPlatform',
  /** How full the shared bucket of the platform credential is, where that is worth a series. */
  BucketFillPercent: 'byPlatform',
  /** Reconciliation runs that ended well. */
  ReconcileCompleted: 'inLog',
  /** Reconciliation runs that ended in an error. */
  ReconcileFailed: 'byMerchant',
  /** 1 while the platform cannot be reconciled as configured. */
  ReconcileOff: 'byPlatform',
  /** Orders that a reconciliation looked at. */
  ReconcileSeen: 'inLog',
  /** Orders that the platform listed and the table lacked. */
  ReconcileMissing: 'inLog',
  /** Orders that the table had in an older state. */
  ReconcileStale: 'inLog',
  /** Missing and stale orders recorded, or queued to be fetched. */
  ReconcileRepaired: 'inLog',
  /** Listed orders not understood, or not recorded. */
  ReconcileOrdersFailed: 'byMerchant',
  /** Commands whose effect is at the platform. */
  CommandDone: 'inLog',
  /** Commands that the platform, or its rules, refused. */
  CommandRefused: 'inLog',
  /** Commands that had no effect in the time they had. */
  CommandFailed: NEEDS_ATTENTION,
  /** Commands of which nobody knows whether they had their effect, as long as no person has said. */
  CommandInDoubt: 'byMerchant',
  /** Commands that the platform answered with a success and whose effect it did not show. */
  CommandUnseen: NEEDS_ATTENTION,
  /** How long a command has waited that is not carried out yet. */
  CommandAgeSeconds: 'byMerchant',
  /** Repaired orders that the platform should have announced and did not. */
  MissedEvents: NEEDS_ATTENTION,
  /** Webhooks that a store lacked, or had beside the wanted ones, and that were put right. */
  SubscriptionsRepaired: NEEDS_ATTENTION,
  /** Events that the merchant's endpoints took. */
  EventsDelivered: 'inLog',
  /** Runs in which an endpoint did not take an event and is left alone for a while. */
  DeliveryFailed: 'inLog',
  /** Events that an endpoint refused while it took others, and that wait for a person. */
  EventsSetAside: NEEDS_ATTENTION,
  /** Endpoints that have taken nothing for half an hour, or have work and are called by nobody. */
  EndpointFailing: 'byMerchant',
  /** Endpoints that are sent nothing any more, without a person having wanted that. */
  EndpointStopped: 'byMerchant',
  /** Events that the endpoint which is furthest behind still lacks. */
  DeliveryBacklog: 'inLog',
  /** Sweeps for overdue work that ended well. */
  SweepCompleted: 'inLog',
  /** Lines of orders whose claim on a SKU changed. */
  StockClaimsChanged: 'inLog',
  /** Values of stock that a platform took. */
  StockTold: 'inLog',
  /** How long the store that has waited longest should have been told of stock already, or of prices, an hour after they were wanted. */
  StockLateSeconds: 'byMerchant',
  /** Changes of a master's number for goods that were sold elsewhere. */
  StockMoved: 'inLog',
  /** Changes of a master's number of which nobody can tell whether they were made. */
  StockMoveInDoubt: ORDERS_ENDANGERED,
  /** Values of stock that a platform refused to show. */
  StockRejected: NEEDS_ATTENTION,
  /** Channels that show something else than they were told, and that wait for a person. */
  StockDrift: NEEDS_ATTENTION,
  /** SKUs that the channels and the merchant's system do not both know. */
  StockUnlinked: 'inLog',
  /** Comparisons of what channels show that looked at every SKU. */
  StockCompared: 'byMerchant',
  /** Orders and customers that are not found by their e-mail, because the key of the hashes could not be read. */
  EmailsNotNoted: NEEDS_ATTENTION,
  /** Orders that have waited for more than five minutes to be claimed, among those that changed last; counted by each sweep. */
  StockClaimsMissing: ORDERS_ENDANGERED,
  /** Orders whose stock could not be claimed in one run; they come again. */
  StockFollowFailed: 'inLog',
  /** Batches of changes that were not published whole and come again. */
  FeedFailed: 'inLog',
  /**
   * From the write of a row to its event in the feed; one value for each event, so their number is how many there
   * were. While an order has waited for more than a minute, the sweep adds how long.
   */
  FeedLagSeconds: 'byMerchant',
  /** Events of the feed that the event bus did not take. */
  BusEventsLost: NEEDS_ATTENTION,
} as const satisfies Record<string, Kept>;

export type MetricName = keyof typeof METRICS;

/** Units of those that count nothing. */
export const UNITS: Partial<Record<MetricName, 'Seconds' | 'Percent'>> = {
  OrderLagSeconds: 'Seconds',
  MessageAgeSeconds: 'Seconds',
  BucketFillPercent: 'Percent',
  CommandAgeSeconds: 'Seconds',
  StockLateSeconds: 'Seconds',
  FeedLagSeconds: 'Seconds',
};

/**
 * The metrics whose zeros are written: those of which an alarm tells 0 from silence, and measures. A series costs nothing in
 * the hours in which nothing is written to it, and nearly all counters are 0 nearly always.
 */
export const WITH_ZEROS: ReadonlySet<MetricName> = new Set<MetricName>([
  'WebhookAccepted',
  'PollOrdersFound',
  'OrderLagSeconds',
  'MessageAgeSeconds',
  'PlatformPaused',
  'FeedLagSeconds',
]);

/** Emits one value of a metric. The platform stands in the line; the merchant is known to the emitter. */
export interface Metrics {
  add(name: MetricName, platform: PlatformName, value: number): void;
}
