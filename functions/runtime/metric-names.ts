import type { PlatformName } from '../domain/order.ts';

/** CloudWatch namespace of every metric that our code emits. */
export const METRIC_NAMESPACE = 'Acopio';

/** Every metric carries exactly these dimensions, so that an alarm can never miss a series by its dimension set. */
export const METRIC_DIMENSIONS = ['merchant', 'platform'] as const;

/**
 * The metrics our functions emit, each with its unit and meaning. Alarms and functions both take names from here, so an
 * alarm cannot watch a metric that nobody emits. Counters are also emitted as 0 where the good path ran, so that graphs
 * are continuous.
 */
export const METRICS = {
  WebhookAccepted: { unit: 'Count', meaning: 'webhooks whose bytes are in the queue' },
  WebhookBadSignature: { unit: 'Count', meaning: 'webhooks refused because their signature was wrong' },
  WebhookRefused: {
    unit: 'Count',
    meaning: 'webhooks refused for their body: too large, not JSON, or compressed in a way we do not read',
  },
  WebhookAstray: {
    unit: 'Count',
    meaning: 'requests that are no webhook of ours: a wrong path or method; anybody can send them',
  },
  WebhookNotQueued: { unit: 'Count', meaning: 'webhooks answered 5xx because the queue did not take them' },
  InstallCompleted: {
    unit: 'Count',
    meaning: 'installations that ended well: token kept, webhooks subscribed',
  },
  InstallFailed: {
    unit: 'Count',
    meaning: 'installations that ended in an error of ours or of the platform',
  },
  InstallRefused: {
    unit: 'Count',
    meaning: 'installations refused: link already used, permission missing or expired',
  },
  InstallForeignStore: {
    unit: 'Count',
    meaning: 'installations refused because the app was allowed into a store that is not the configured one',
  },
  PollCompleted: { unit: 'Count', meaning: 'poll runs that ended well (0: a run that failed)' },
  PollFailed: { unit: 'Count', meaning: 'poll runs that ended in an error' },
  PollSkipped: { unit: 'Count', meaning: 'poll runs that found another run holding the lease' },
  PollOrdersFound: { unit: 'Count', meaning: 'orders handed out by the platform in a poll run' },
  PollPageRepeated: { unit: 'Count', meaning: 'poll runs in which the platform handed out a page again' },
  PollOrdersWithheld: {
    unit: 'Count',
    meaning: 'poll runs in which the platform said that orders are left and handed out none',
  },
  LostReadSuspected: {
    unit: 'Count',
    meaning: 'destructive reads whose answer may be lost, or could not be kept',
  },
  OutboxSetAside: {
    unit: 'Count',
    meaning: 'messages of a store that the queue refuses for good, and that wait for a person',
  },
  OrderCreated: { unit: 'Count', meaning: 'order rows created' },
  OrderUpdated: { unit: 'Count', meaning: 'order rows changed' },
  OrderUnchanged: { unit: 'Count', meaning: 'observations of an order that changed nothing' },
  OrderStale: { unit: 'Count', meaning: 'observations older than the row, left out of it' },
  OrderNeedsReview: { unit: 'Count', meaning: 'rows put into state needs-review' },
  CustomerNeedsReview: { unit: 'Count', meaning: 'rows of customers put into state needs-review' },
  ProductNeedsReview: { unit: 'Count', meaning: 'rows of products put into state needs-review' },
  SkuProblems: {
    unit: 'Count',
    meaning: 'SKUs of a store that several variants have, and variants that have none',
  },
  PersonalDataErased: { unit: 'Count', meaning: 'orders whose personal data was erased for good' },
  PersonalDataRead: {
    unit: 'Count',
    meaning: "orders that the API handed out with the buyer's data, each time counted",
  },
  OrdersUnacknowledged: {
    unit: 'Count',
    meaning: "orders that the merchant's system should have acknowledged by now and did not",
  },
  PrivacyReportReady: { unit: 'Count', meaning: 'reports for data requests that the merchant can fetch' },
  StoreErasureWaiting: {
    unit: 'Count',
    meaning: 'stores whose persons will be erased once the time to stop it is over',
  },
  NoticeOutdated: {
    unit: 'Count',
    meaning: 'notices that the app was suspended or removed, which a call showed to be untrue now',
  },
  EventIgnored: { unit: 'Count', meaning: 'well-formed events that need no work here' },
  OutletNotConfigured: { unit: 'Count', meaning: 'orders of outlets that are not in the configuration' },
  CatalogueRejected: { unit: 'Count', meaning: 'products that a catalogue job left as they were' },
  CatalogueJobFailed: { unit: 'Count', meaning: 'catalogue jobs that ended without changing anything' },
  FetchCoalesced: { unit: 'Count', meaning: 'events served by a fetch that began after them' },
  OrderLagSeconds: { unit: 'Seconds', meaning: 'from the receipt of an event to its row' },
  MessageAgeSeconds: { unit: 'Seconds', meaning: 'from first receipt to this attempt, over every re-send' },
  MessageWaited: { unit: 'Count', meaning: 'messages re-sent because they have to wait for a token' },
  MessageRetried: { unit: 'Count', meaning: 'messages re-sent because the platform failed' },
  PlatformCall: { unit: 'Count', meaning: 'calls made to the platform' },
  PlatformThrottled: { unit: 'Count', meaning: 'calls the platform refused for its limit (429)' },
  PlatformFailure: { unit: 'Count', meaning: 'calls that ended in 5xx, a time-out or a broken connection' },
  PlatformPaused: {
    unit: 'Count',
    meaning: '1 while calls to the platform are stopped, 0 when a call succeeded',
  },
  NotConnected: {
    unit: 'Count',
    meaning:
      '1 while the credentials of a store are not filled in, so that nobody calls its platform, 0 otherwise',
  },
  BucketFillPercent: { unit: 'Percent', meaning: 'how full the shared bucket of the platform credential is' },
  ReconcileCompleted: {
    unit: 'Count',
    meaning: 'reconciliation runs that ended well (0: a run that failed)',
  },
  ReconcileFailed: { unit: 'Count', meaning: 'reconciliation runs that ended in an error' },
  ReconcileOff: {
    unit: 'Count',
    meaning: '1 while the platform cannot be reconciled as configured, 0 otherwise',
  },
  ReconcileSeen: { unit: 'Count', meaning: 'orders that a reconciliation looked at' },
  ReconcileMissing: { unit: 'Count', meaning: 'orders that the platform listed and the table lacked' },
  ReconcileStale: { unit: 'Count', meaning: 'orders that the table had in an older state' },
  ReconcileRepaired: { unit: 'Count', meaning: 'missing and stale orders recorded, or queued to be fetched' },
  ReconcileOrdersFailed: { unit: 'Count', meaning: 'listed orders not understood, or not recorded' },
  CommandDone: { unit: 'Count', meaning: 'commands whose effect is at the platform' },
  CommandRefused: { unit: 'Count', meaning: 'commands that the platform, or its rules, refused' },
  CommandFailed: { unit: 'Count', meaning: 'commands that had no effect in the time they had' },
  CommandInDoubt: {
    unit: 'Count',
    meaning: 'commands of which nobody knows whether they had their effect, as long as no person has said',
  },
  CommandUnseen: {
    unit: 'Count',
    meaning: 'commands that the platform answered with a success and whose effect it did not show',
  },
  CommandAgeSeconds: {
    unit: 'Seconds',
    meaning: 'how long a command has waited that is not carried out yet',
  },
  MissedEvents: {
    unit: 'Count',
    meaning: 'repaired orders that the platform should have announced and did not',
  },
  EventsDelivered: { unit: 'Count', meaning: "events that the merchant's endpoints took" },
  DeliveryFailed: {
    unit: 'Count',
    meaning: 'runs in which an endpoint did not take an event and is left alone for a while',
  },
  EventsSetAside: {
    unit: 'Count',
    meaning: 'events that an endpoint refused while it took others, and that wait for a person',
  },
  EndpointFailing: { unit: 'Count', meaning: 'endpoints that have taken nothing for half an hour' },
  EndpointStopped: {
    unit: 'Count',
    meaning: 'endpoints that are sent nothing any more, without a person having wanted that',
  },
  DeliveryBacklog: {
    unit: 'Count',
    meaning: 'events that the endpoint which is furthest behind still lacks',
  },
  SweepCompleted: { unit: 'Count', meaning: 'sweeps for overdue work that ended well' },
  StockClaimsChanged: { unit: 'Count', meaning: 'lines of orders whose claim on a SKU changed' },
  StockTold: { unit: 'Count', meaning: 'values of stock that a platform took' },
  StockLateSeconds: {
    unit: 'Seconds',
    meaning: 'how long the store that has waited longest should have been told of stock already',
  },
  StockMoved: { unit: 'Count', meaning: "changes of a master's number for goods that were sold elsewhere" },
  StockMoveInDoubt: {
    unit: 'Count',
    meaning: "changes of a master's number of which nobody can tell whether they were made",
  },
  StockRejected: { unit: 'Count', meaning: 'values of stock that a platform refused to show' },
  StockDrift: {
    unit: 'Count',
    meaning: 'channels that show something else than they were told, and that wait for a person',
  },
  StockUnlinked: {
    unit: 'Count',
    meaning: "SKUs that the channels and the merchant's system do not both know",
  },
  StockCompared: {
    unit: 'Count',
    meaning: 'comparisons of what channels show that looked at every SKU (0: the time was over before)',
  },
  StockFollowFailed: {
    unit: 'Count',
    meaning: 'orders whose stock could not be claimed in one run; they come again',
  },
  FeedFailed: {
    unit: 'Count',
    meaning: 'batches of changes that were not published whole and come again',
  },
  FeedLagSeconds: {
    unit: 'Seconds',
    meaning:
      'from the write of a row to its event in the feed; one value for each event, so their number is how many there were',
  },
  BusEventsLost: { unit: 'Count', meaning: 'events of the feed that the event bus did not take' },
} as const;

export type MetricName = keyof typeof METRICS;

/** Emits one value of a metric. The platform is a dimension; the merchant is known to the emitter. */
export interface Metrics {
  add(name: MetricName, platform: PlatformName, value: number): void;
}
