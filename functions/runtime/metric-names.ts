import type { PlatformName } from '../domain/order.ts';

/** CloudWatch namespace of every metric that our code emits. */
export const METRIC_NAMESPACE = 'Acopio';

/** Every metric carries exactly these dimensions, so that an alarm can never miss a series by its dimension set. */
export const METRIC_DIMENSIONS = ['merchant', 'platform'] as const;

/**
 * The metrics our functions emit, each with its unit. Alarms and functions both take names from here, so an
 * alarm cannot watch a metric that nobody emits. Counters are also emitted as 0 where the good path ran, so that graphs
 * are continuous.
 */
export const METRICS = {
  /** Webhooks whose bytes are in the queue. */
  WebhookAccepted: 'Count',
  /** Webhooks refused because their signature was wrong. */
  WebhookBadSignature: 'Count',
  /** Webhooks refused for their body: too large, not JSON, or compressed in a way we do not read. */
  WebhookRefused: 'Count',
  /** Requests that are no webhook of ours: a wrong path or method; anybody can send them. */
  WebhookAstray: 'Count',
  /** Webhooks answered 5xx because the queue did not take them. */
  WebhookNotQueued: 'Count',
  /** Installations that ended well: token kept, webhooks subscribed. */
  InstallCompleted: 'Count',
  /** Installations that ended in an error of ours or of the platform. */
  InstallFailed: 'Count',
  /** Installations refused: link already used, permission missing or expired. */
  InstallRefused: 'Count',
  /** Installations refused because the app was allowed into a store that is not the configured one. */
  InstallForeignStore: 'Count',
  /** Poll runs that ended well (0: a run that failed). */
  PollCompleted: 'Count',
  /** Poll runs that ended in an error. */
  PollFailed: 'Count',
  /** Poll runs that found another run holding the lease. */
  PollSkipped: 'Count',
  /** Orders handed out by the platform in a poll run. */
  PollOrdersFound: 'Count',
  /** Poll runs in which the platform handed out a page again. */
  PollPageRepeated: 'Count',
  /** Poll runs in which the platform said that orders are left and handed out none. */
  PollOrdersWithheld: 'Count',
  /** Destructive reads whose answer may be lost, or could not be kept. */
  LostReadSuspected: 'Count',
  /** Messages of a store that the queue refuses for good, and that wait for a person. */
  OutboxSetAside: 'Count',
  /** Order rows created. */
  OrderCreated: 'Count',
  /** Order rows changed. */
  OrderUpdated: 'Count',
  /** Observations of an order that changed nothing. */
  OrderUnchanged: 'Count',
  /** Observations older than the row, left out of it. */
  OrderStale: 'Count',
  /** Rows put into state needs-review. */
  OrderNeedsReview: 'Count',
  /** Rows of customers put into state needs-review. */
  CustomerNeedsReview: 'Count',
  /** Rows of products put into state needs-review. */
  ProductNeedsReview: 'Count',
  /** SKUs of a store that several variants have, and variants that have none. */
  SkuProblems: 'Count',
  /** Orders whose personal data was erased for good. */
  PersonalDataErased: 'Count',
  /** Orders that the API handed out with the buyer's data, each time counted. */
  PersonalDataRead: 'Count',
  /** Orders that the merchant's system should have acknowledged by now and did not. */
  OrdersUnacknowledged: 'Count',
  /** Reports for data requests that the merchant can fetch. */
  PrivacyReportReady: 'Count',
  /** Stores whose persons will be erased once the time to stop it is over. */
  StoreErasureWaiting: 'Count',
  /** Notices that the app was suspended or removed, which a call showed to be untrue now. */
  NoticeOutdated: 'Count',
  /** Well-formed events that need no work here. */
  EventIgnored: 'Count',
  /** Orders of outlets that are not in the configuration. */
  OutletNotConfigured: 'Count',
  /** Products that a catalogue job left as they were. */
  CatalogueRejected: 'Count',
  /** Catalogue jobs that ended without changing anything. */
  CatalogueJobFailed: 'Count',
  /** Events served by a fetch that began after them. */
  FetchCoalesced: 'Count',
  /** From the receipt of an event to its row. */
  OrderLagSeconds: 'Seconds',
  /** From first receipt to this attempt, over every re-send. */
  MessageAgeSeconds: 'Seconds',
  /** Messages re-sent because they have to wait for a token. */
  MessageWaited: 'Count',
  /** Messages re-sent because the platform failed. */
  MessageRetried: 'Count',
  /** Calls made to the platform. */
  PlatformCall: 'Count',
  /** Calls the platform refused for its limit (429). */
  PlatformThrottled: 'Count',
  /** Calls that ended in 5xx, a time-out or a broken connection. */
  PlatformFailure: 'Count',
  /** 1 while calls to the platform are stopped, 0 when a call succeeded. */
  PlatformPaused: 'Count',
  /** 1 while the credentials of a store are not filled in, so that nobody calls its platform, 0 otherwise. */
  NotConnected: 'Count',
  /** How full the shared bucket of the platform credential is. */
  BucketFillPercent: 'Percent',
  /** Reconciliation runs that ended well (0: a run that failed). */
  ReconcileCompleted: 'Count',
  /** Reconciliation runs that ended in an error. */
  ReconcileFailed: 'Count',
  /** 1 while the platform cannot be reconciled as configured, 0 otherwise. */
  ReconcileOff: 'Count',
  /** Orders that a reconciliation looked at. */
  ReconcileSeen: 'Count',
  /** Orders that the platform listed and the table lacked. */
  ReconcileMissing: 'Count',
  /** Orders that the table had in an older state. */
  ReconcileStale: 'Count',
  /** Missing and stale orders recorded, or queued to be fetched. */
  ReconcileRepaired: 'Count',
  /** Listed orders not understood, or not recorded. */
  ReconcileOrdersFailed: 'Count',
  /** Commands whose effect is at the platform. */
  CommandDone: 'Count',
  /** Commands that the platform, or its rules, refused. */
  CommandRefused: 'Count',
  /** Commands that had no effect in the time they had. */
  CommandFailed: 'Count',
  /** Commands of which nobody knows whether they had their effect, as long as no person has said. */
  CommandInDoubt: 'Count',
  /** Commands that the platform answered with a success and whose effect it did not show. */
  CommandUnseen: 'Count',
  /** How long a command has waited that is not carried out yet. */
  CommandAgeSeconds: 'Seconds',
  /** Repaired orders that the platform should have announced and did not. */
  MissedEvents: 'Count',
  /** Events that the merchant's endpoints took. */
  EventsDelivered: 'Count',
  /** Runs in which an endpoint did not take an event and is left alone for a while. */
  DeliveryFailed: 'Count',
  /** Events that an endpoint refused while it took others, and that wait for a person. */
  EventsSetAside: 'Count',
  /** Endpoints that have taken nothing for half an hour. */
  EndpointFailing: 'Count',
  /** Endpoints that are sent nothing any more, without a person having wanted that. */
  EndpointStopped: 'Count',
  /** Events that the endpoint which is furthest behind still lacks. */
  DeliveryBacklog: 'Count',
  /** Sweeps for overdue work that ended well. */
  SweepCompleted: 'Count',
  /** Lines of orders whose claim on a SKU changed. */
  StockClaimsChanged: 'Count',
  /** Values of stock that a platform took. */
  StockTold: 'Count',
  /** How long the store that has waited longest should have been told of stock already. */
  StockLateSeconds: 'Seconds',
  /** Changes of a master's number for goods that were sold elsewhere. */
  StockMoved: 'Count',
  /** Changes of a master's number of which nobody can tell whether they were made. */
  StockMoveInDoubt: 'Count',
  /** Values of stock that a platform refused to show. */
  StockRejected: 'Count',
  /** Channels that show something else than they were told, and that wait for a person. */
  StockDrift: 'Count',
  /** SKUs that the channels and the merchant's system do not both know. */
  StockUnlinked: 'Count',
  /** Comparisons of what channels show that looked at every SKU (0: the time was over before). */
  StockCompared: 'Count',
  /** Orders whose stock could not be claimed in one run; they come again. */
  StockFollowFailed: 'Count',
  /** Batches of changes that were not published whole and come again. */
  FeedFailed: 'Count',
  /**
   * From the write of a row to its event in the feed; one value for each event, so their number is how many there
   * were.
   */
  FeedLagSeconds: 'Seconds',
  /** Events of the feed that the event bus did not take. */
  BusEventsLost: 'Count',
} as const;

export type MetricName = keyof typeof METRICS;

/** Emits one value of a metric. The platform is a dimension; the merchant is known to the emitter. */
export interface Metrics {
  add(name: MetricName, platform: PlatformName, value: number): void;
}
