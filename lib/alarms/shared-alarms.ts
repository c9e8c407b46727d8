import type { METRICS, MetricName, SharedMetric } from '../../functions/runtime/metric-names.ts';
import { ALONE, type AlarmDefinition } from './definition.ts';

/** Alarms that several problems share. A person finds which of them it is in the lines that were counted. */
export const SHARED_ALARMS = {
  'orders-endangered': {
    severity: 'critical',
    happened:
      'Something happened by which orders may be lost, late or sold twice: a page or webhook not kept, or a failed installation.',
    firstStep:
      'Run the saved query "problems", or "problems" as in the runbook: it names the article to read.',
    watched: { ours: 'OrdersEndangered', statistic: 'Sum' },
    breach: { atLeast: 1 },
    periodMinutes: 5,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.shared,
  },
  'needs-attention': {
    severity: 'warning',
    happened:
      'Something waits for a person, such as an order that could not be read or a command that failed.',
    firstStep:
      'Run the saved query "problems", or "problems" as in the runbook: it names the article to read.',
    watched: { ours: 'NeedsAttention', statistic: 'Sum' },
    breach: { atLeast: 1 },
    // What happens again within the hour is one mail.
    periodMinutes: 60,
    periods: 1,
    missing: 'notBreaching',
    alone: ALONE.shared,
  },
} as const satisfies Record<string, AlarmDefinition>;

type Sharing = {
  [Name in MetricName]: (typeof METRICS)[Name] extends SharedMetric ? Name : never;
}[MetricName];

/** One problem that rings a shared alarm. */
export interface Problem {
  /** Its article in docs/runbook.md. */
  readonly article: string;
  /** One sentence: what was seen. */
  readonly happened: string;
}

/** What rings the shared alarms, by the metric that is counted: each with an article of its own in docs/runbook.md. */
export const PROBLEMS: Readonly<Record<Sharing, Problem>> = {
  OrderNeedsReview: {
    article: 'orders-need-review',
    happened:
      'The platform sent something that could not be understood. It is kept as a row that needs review.',
  },
  ProductNeedsReview: {
    article: 'products-need-review',
    happened:
      'The platform said something of a product that could not be understood. The product is as it was before.',
  },
  CustomerNeedsReview: {
    article: 'customers-need-review',
    happened:
      'The platform said something of a customer that could not be understood. The customer is as it was before.',
  },
  WebhookRefused: {
    article: 'webhooks-refused',
    happened: 'A webhook was refused because its body is too large or is not JSON.',
  },
  MissedEvents: {
    article: 'events-missed',
    happened: 'A reconciliation found orders whose events never arrived. They are repaired.',
  },
  SubscriptionsRepaired: {
    article: 'subscriptions-repaired',
    happened:
      'Webhooks of a store were missing, or sent elsewhere. They are subscribed again; what happened meanwhile is compared.',
  },
  EmailsNotNoted: {
    article: 'emails-not-noted',
    happened:
      'The key of the e-mail hashes could not be read. Orders and customers since then are not found by their e-mail.',
  },
  CatalogueRejected: {
    article: 'catalogue-products-rejected',
    happened: 'A catalogue job ended and left products as they were; their price or stock is not updated.',
  },
  CatalogueJobFailed: {
    article: 'catalogue-job-failed',
    happened: 'The platform gave up a catalogue job; nothing that it was to change is changed.',
  },
  PrivacyReportReady: {
    article: 'privacy-report-ready',
    happened: 'A customer asked for their data, and the report for the merchant is ready.',
  },
  CommandFailed: {
    article: 'commands-failed',
    happened: 'Commands had no effect in the time they had. Nobody tries them any more.',
  },
  CommandUnseen: {
    article: 'commands-unseen',
    happened: 'The platform answered a command with a success and does not show its effect.',
  },
  EventsSetAside: {
    article: 'events-set-aside',
    happened:
      "An endpoint of the merchant's system refused events and took the next ones. They are set aside.",
  },
  BusEventsLost: {
    article: 'bus-events-lost',
    happened:
      'The event bus did not take events. They are in the feed, and no subscriber of the bus gets them.',
  },
  StockRejected: {
    article: 'stock-rejected',
    happened:
      'The platform refuses the stock or the prices of some SKUs: they may sell what is not there, or for what it does not cost.',
  },
  StockDrift: {
    article: 'stock-drift',
    happened: 'Channels show something else than they were told, and nobody but a person puts it right.',
  },
  WebhookNotQueued: {
    article: 'webhooks-not-queued',
    happened:
      'Webhooks were answered 5xx because they could not be verified or queued. The platform retries for a short time only.',
  },
  LostReadSuspected: {
    article: 'read-may-be-lost',
    happened:
      'A page of orders was requested and its answer did not arrive, or could not be kept. It may not be sent again.',
  },
  InstallFailed: {
    article: 'installation-failed',
    happened:
      'A merchant tried to install the app and it failed. The old token may be invalid now, so orders wait.',
  },
  StockClaimsMissing: {
    article: 'stock-claims-missing',
    happened:
      'What orders took more than five minutes ago is not claimed: the tracker is not run, and their goods can be sold again.',
  },
  StockMoveInDoubt: {
    article: 'stock-in-doubt',
    happened:
      'Nobody can tell whether the platform that counts the stock changed its number for goods that were sold elsewhere.',
  },
};
