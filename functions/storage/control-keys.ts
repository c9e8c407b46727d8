import type { PlatformName } from '../domain/order.ts';
import type { Subject } from '../domain/resource.ts';
import { chunkNumber, type ItemKey, ORDER_KIND, type StoreName } from './keys.ts';

/**
 * What the partition keys of each kind of item begin with. A function of a platform is let at the kinds that its job is
 * listed with in lib/jobs.ts, of its own platform only.
 */
const CONTROL_KINDS = {
  bucket: (platform: PlatformName) => `bucket#${platform}`,
  circuit: (platform: PlatformName) => `circuit#${platform}`,
  reconcile: (platform: PlatformName) => `reconcile#${platform}`,
  pollLease: (platform: PlatformName) => `lease#poll#${platform}`,
  reconcileLease: (platform: PlatformName) => `lease#reconcile#${platform}`,
  installLease: (platform: PlatformName) => `lease#install#${platform}`,
  stockLease: (platform: PlatformName) => `lease#stock#${platform}`,
  stockTelling: (platform: PlatformName) => `stock-telling#${platform}`,
  categoryLease: (platform: PlatformName) => `lease#category#${platform}`,
  category: (platform: PlatformName) => `category#${platform}`,
  location: (platform: PlatformName) => `location#${platform}`,
  tokenLease: (platform: PlatformName) => `lease#token#${platform}`,
  pendingFetch: (platform: PlatformName) => `pending#${platform}`,
  outbox: (platform: PlatformName) => `outbox#${platform}`,
  outboxAside: (platform: PlatformName) => `outbox-aside#${platform}`,
  pollBackoff: (platform: PlatformName) => `poll-backoff#${platform}`,
  // A payload is found by its correlation id, which nobody guesses; whose it is stands in the message.
  chunks: (_platform: PlatformName) => 'chunks',
  audit: (platform: PlatformName) => `audit#${platform}`,
  privacyReport: (platform: PlatformName) => `privacy-report#${platform}`,
  storeErasure: (platform: PlatformName) => `store-erasure#${platform}`,
  erasureLedger: (platform: PlatformName) => `erasure-ledger#${platform}`,
  installState: (platform: PlatformName) => `install#${platform}`,
  catalogueJob: (platform: PlatformName) => `catalogue-job#${platform}`,
} as const;
export type ControlKind = keyof typeof CONTROL_KINDS;

export const isControlKind = (name: string): name is ControlKind => Object.hasOwn(CONTROL_KINDS, name);

/** Partitions of everything that the control table holds of a kind for a platform, as patterns (`*` is any text). */
export const controlPartitions = (kind: ControlKind, platform: PlatformName): string[] => {
  const begin = CONTROL_KINDS[kind](platform);
  return [begin, `${begin}#*`];
};

/** Partition of what the control table holds of a kind for one store. */
const ofStore = (kind: ControlKind, { platform, storeId }: StoreName): string =>
  `${CONTROL_KINDS[kind](platform)}#${storeId}`;

/**
 * The open circuit of a store; absent while it is closed. Written by whoever calls the platform or hears of the app's
 * standing; read before every piece of work that calls. Deleted when the circuit closes. An operator's pause stands in it as
 * well (`pause`), and is removed by an operator alone; one that has ended counts as none.
 */
export const circuitKey = (store: StoreName): ItemKey => ({ pk: ofStore('circuit', store), sk: 'circuit' });

/** When calls were last allowed again. Written and read by the circuit breaker. Expires after 30 days. */
export const resumedKey = (store: StoreName): ItemKey => ({ pk: ofStore('circuit', store), sk: 'resumed' });

/** Partition of what the reconciliation of a store remembers. */
export const reconcilePk = (store: StoreName): string => ofStore('reconcile', store);

/** From when on events may be missing. Written by the circuit breaker; read and deleted by reconciliation. */
export const backfillKey = (store: StoreName): ItemKey => ({ pk: reconcilePk(store), sk: 'backfill' });

export const PROGRESS_PREFIX = 'progress#';

/** How far one scan was compared. Written and read by reconciliation. Stays for good. */
export const progressKey = (store: StoreName, scan: string): ItemKey => ({
  pk: reconcilePk(store),
  sk: `${PROGRESS_PREFIX}${scan}`,
});

/** Where the sort keys of the reports of a store's reconciliations begin, the oldest first. */
export const REPORT_PREFIX = 'report#';

/**
 * What one run of a reconciliation came to. Written by reconciliation; read by people. Expires after 30 days.
 *
 * @param startedAt ISO time
 */
export const reconcileReportKey = (store: StoreName, startedAt: string, runId: string): ItemKey => ({
  pk: reconcilePk(store),
  sk: `${REPORT_PREFIX}${startedAt}#${runId}`,
});

/** Where the sort keys begin under which is kept what a scan listed and found current. */
export const FOUND_CURRENT_PREFIX = 'current#';

/** What one scan listed and found current. Written and read by reconciliation. Expires once none of it counts any more. */
export const foundCurrentKey = (store: StoreName, scan: string): ItemKey => ({
  pk: reconcilePk(store),
  sk: `${FOUND_CURRENT_PREFIX}${scan}`,
});

/** Where the sort keys of the ids begin that runs of one look through a scan have listed. */
export const listedIdsPrefix = (scan: string, cycle: string): string => `listed#${scan}#${cycle}#`;

/**
 * Some of the ids that a scan has listed so far, where no single run reads its list to the end. Written and read by reconciliation.
 * Expires after 3 days.
 *
 * @param cycle the run that the look began with
 */
export const listedIdsKey = (store: StoreName, scan: string, cycle: string, chunk: number): ItemKey => ({
  pk: reconcilePk(store),
  sk: `${listedIdsPrefix(scan, cycle)}${String(chunk).padStart(4, '0')}`,
});

/** Ids that the platform lists and the table lacks. Written and read by reconciliation. Stays for good. */
export const missingIdsKey = (store: StoreName): ItemKey => ({ pk: reconcilePk(store), sk: 'missing' });

/**
 * When the whole catalogue of a store, or that of one outlet, was compared last. Written by reconciliation; read by the comparison
 * of what channels show. Stays for good.
 */
export const catalogueComparedKey = (store: StoreName & { outletId?: string | undefined }): ItemKey => ({
  pk: reconcilePk(store),
  sk: store.outletId === undefined ? 'catalogue' : `catalogue#${store.outletId}`,
});

/** When the webhooks subscribed in a store were looked at last. Written and read by reconciliation. Stays for good. */
export const subscriptionsCheckedKey = (store: StoreName): ItemKey => ({
  pk: reconcilePk(store),
  sk: 'subscriptions',
});

/** What only one may do at a time: a run of a store's job, an installation, the renewal of a store's token, its new categories. */
export type LeaseName =
  | { job: 'poll' | 'reconcile' | 'stock' | 'token' | 'category'; platform: PlatformName; storeId: string }
  | { job: 'install'; platform: PlatformName };

/** Who may do it now. Written and read by the job's runs. Deleted when a run ends well. */
export const leaseKey = (name: LeaseName): ItemKey => {
  const begin = CONTROL_KINDS[`${name.job}Lease`](name.platform);
  return { pk: 'storeId' in name ? `${begin}#${name.storeId}` : begin, sk: 'lease' };
};

/** Where the telling of a store's channels stands. Written and read by whoever holds the lease on it. Stays for good. */
export const stockTellingKey = (store: StoreName): ItemKey => ({
  pk: ofStore('stockTelling', store),
  sk: 'telling',
});

/**
 * A category that we make, or made, below another one. Written and read by whoever holds the lease on a store's categories.
 * Stays for good: the merchant may rename the category at any time.
 *
 * @param parent id of the category above, or a word for the top
 * @param sha256 of the name that it is known by
 */
export const categoryKey = (store: StoreName, parent: string, sha256: string): ItemKey => ({
  pk: ofStore('category', store),
  sk: `${parent}#${sha256}`,
});

/** Partition of the links of a store's locations. */
export const locationsPk = (store: StoreName): string => ofStore('location', store);

/**
 * Which location of the platform one of the merchant's own system is, or that a call to make it may be under way. Written and
 * read by the API and the operator's commands. Stays for good.
 */
export const locationKey = (store: StoreName, externalId: string): ItemKey => ({
  pk: locationsPk(store),
  sk: externalId,
});

/**
 * A fetch of an order or a product that waits in the queue. Written and read by the consumers and reconciliation. Expires a
 * day after it was scheduled for.
 */
export const pendingFetchKey = ({ platform, storeId }: StoreName, { resource, id }: Subject): ItemKey => ({
  pk: `${CONTROL_KINDS.pendingFetch(platform)}#${storeId}#${id}`,
  sk: resource === ORDER_KIND ? 'pending' : `pending#${resource}`,
});

/** Partition of the messages that the queue did not take. */
export const outboxPk = (store: StoreName): string => ofStore('outbox', store);

/** A message that the queue did not take; the oldest sorts first. Written, read and deleted by the poller. Never expires. */
export const outboxKey = (
  store: StoreName,
  message: { receivedAt: number; correlationId: string; chunk: number },
): ItemKey => ({
  pk: outboxPk(store),
  sk: `${String(message.receivedAt).padStart(15, '0')}#${message.correlationId}#${chunkNumber(message.chunk)}`,
});

/** Partition of the messages of a store that were set aside. */
export const outboxAsidePk = (store: StoreName): string => ofStore('outboxAside', store);

/**
 * A message that the queue refuses for good, or that cannot be read. Written by the poller; read, sent again and deleted
 * by the operator's commands. Expires after 90 days.
 *
 * @param sk of the message in the outbox
 */
export const outboxAsideKey = (store: StoreName, sk: string): ItemKey => ({ pk: outboxAsidePk(store), sk });

/** When a failing platform may be polled again. Written and read by the poller. Deleted by a poll that succeeds. */
export const pollBackoffKey = ({ platform, storeId }: StoreName): ItemKey => ({
  pk: `${CONTROL_KINDS.pollBackoff(platform)}#${storeId}`,
  sk: 'backoff',
});

/** Partition of the chunks of one payload. */
export const chunksPk = (correlationId: string, sha256: string): string =>
  `chunks#${correlationId}#${sha256}`;

/** A chunk of a payload that did not fit one message; `done`: the whole was dealt with. The consumers' own. Expires after 15 days. */
export const chunkKey = (correlationId: string, sha256: string, index: number | 'done'): ItemKey => ({
  pk: chunksPk(correlationId, sha256),
  sk: index === 'done' ? index : chunkNumber(index),
});

/**
 * What a bucket is called. The rate limit keeps it as the item `bucket#<this>` (see `CONTROL_KINDS`), sort key `bucket`;
 * everything that calls the platform writes and reads it. It stays for good.
 *
 * @param limit the platform's name of the limit
 * @param scope what the platform counts by, such as a store or a source address
 */
export const bucketKey = (platform: PlatformName, limit: string, scope: string): string =>
  `${platform}#${limit}#${scope}`;

/** The item of a bucket. Written by the rate limit; read by it and by the operator's commands. */
export const bucketItemKey = (key: string): ItemKey => ({ pk: `bucket#${key}`, sk: 'bucket' });

/** Partition of the audit trail's entries: those of operators, or of a platform's requests. */
export const auditPk = (platform?: PlatformName): string =>
  platform === undefined ? 'audit' : CONTROL_KINDS.audit(platform);

/**
 * Who did what. Written once and never again, by the operator's commands and by privacy requests; read by the operator.
 * Stays for good. What it came to is an item of its own, next to it.
 *
 * @param at ISO time
 * @param nonce random, so that nobody else knows the key of an entry
 */
export const auditKey = (pk: string, at: string, id: string, nonce: string): ItemKey => ({
  pk,
  sk: `${at}#${id}#${nonce}`,
});

const AUDIT_END = '#end';

/** The end of the work that an entry says began. */
export const auditEndKey = ({ pk, sk }: ItemKey): ItemKey => ({ pk, sk: `${sk}${AUDIT_END}` });

/** The sort key of an entry, from its own or from that of its end. */
export const auditEntryOf = (sk: string): string =>
  sk.endsWith(AUDIT_END) ? sk.slice(0, -AUDIT_END.length) : sk;

/** Partition of a store's reports for data requests. */
export const privacyReportPk = (store: StoreName): string => ofStore('privacyReport', store);

/** Where the sort keys of one report begin. */
export const privacyReportPrefix = (id: string): string => `${id}#`;

/** A chunk of a report. Written by privacy requests; read by the operator; deleted by erasure. Expires after 30 days. */
export const privacyReportKey = (store: StoreName, id: string, chunk: number): ItemKey => ({
  pk: privacyReportPk(store),
  sk: `${privacyReportPrefix(id)}${chunkNumber(chunk)}`,
});

/** A request to erase a store. Written by the consumers and operators; read by reconciliation too. Deleted when it ended. */
export const storeErasureKey = ({ platform, storeId }: StoreName): ItemKey => ({
  pk: `${CONTROL_KINDS.storeErasure(platform)}#${storeId}`,
  sk: 'erasure',
});

/** Partition of the ledger of what was erased of a store. */
export const erasureLedgerPk = (store: StoreName): string => ofStore('erasureLedger', store);

/** A thing whose person was erased; the id may hold any character. Written by whatever erases, read by operators. Stays for good. */
export const erasureLedgerKey = (store: StoreName, kind: string, id: string): ItemKey => ({
  pk: erasureLedgerPk(store),
  sk: `${kind}#${id}`,
});

/** An installation under way, by the hash of its state. Written and deleted by the installation. Expires after 15 minutes. */
export const installStateKey = (platform: PlatformName, sha256: string): ItemKey => ({
  pk: `${CONTROL_KINDS.installState(platform)}#${sha256}`,
  sk: 'state',
});

/** How a catalogue job ended. Written by the consumer; read by whoever started it. Expires after 30 days. */
export const catalogueJobKey = (platform: PlatformName, jobId: string): ItemKey => ({
  pk: `${CONTROL_KINDS.catalogueJob(platform)}#${jobId}`,
  sk: 'result',
});

/** Partition of the catalogue jobs of a platform that somebody told of, the oldest first. */
export const catalogueJobsPk = (platform: PlatformName): string => CONTROL_KINDS.catalogueJob(platform);

/**
 * That there is a catalogue job. Written by the consumer when it first hears of the job; read by people. Expires after 30 days.
 *
 * @param heardAt ISO time
 */
export const heardJobKey = (platform: PlatformName, heardAt: string, jobId: string): ItemKey => ({
  pk: catalogueJobsPk(platform),
  sk: `${heardAt}#${jobId}`,
});
