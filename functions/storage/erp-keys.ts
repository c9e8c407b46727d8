import type { Resource } from '../domain/resource.ts';
import type { ItemKey, StoreName } from './keys.ts';

/**
 * Keys of what the control table holds for the merchant's own system: the feed and who reads it. No platform is part of
 * them. What begins a partition key says the kind; lib/erp-jobs.ts lists which function is let at which kind.
 */
const KINDS = {
  feed: 'feed',
  feedPointer: 'feed-pointer',
  catchUp: 'feed-catch-up',
  endpoint: 'endpoints',
  endpointAside: 'endpoint-aside',
  idempotency: 'idempotency',
  stockZeroed: 'stock-zeroed',
} as const;
export type ErpKind = keyof typeof KINDS;

export const isErpKind = (name: string): name is ErpKind => Object.hasOwn(KINDS, name);

/** Partitions of everything of a kind, as patterns (`*` is any text). */
export const erpPartitions = (kind: ErpKind): string[] => [KINDS[kind], `${KINDS[kind]}#*`];

/** Events in one partition of the feed: what a partition takes and holds stays far below the table's bounds. */
export const FEED_PARTITION_EVENTS = 10_000;

/** Partition of the page that may hold the event with this number. */
export const feedPk = (epoch: number, seq: number): string =>
  `${KINDS.feed}#${epoch}#${Math.floor(seq / FEED_PARTITION_EVENTS)}`;

/** Sort key of the page that begins with this number. */
export const feedSk = (seq: number): string => String(seq).padStart(15, '0');

/**
 * Up to 100 events that follow each other, named by the number of the first. Written once by the publisher and never
 * again; read by the API, the delivery of webhooks and the operator. Expires after 35 days.
 */
export const feedPageKey = (epoch: number, seq: number): ItemKey => ({
  pk: feedPk(epoch, seq),
  sk: feedSk(seq),
});

/** How far the feed has come, at least. Written by the publisher now and then, and every night; read when a function starts. Stays for good. */
export const feedPointerKey = (): ItemKey => ({ pk: KINDS.feedPointer, sk: 'pointer' });

/** Partition of how far a catch-up has come. */
export const CATCH_UP_PK: string = KINDS.catchUp;

/** How far a catch-up has come with a store's orders, or its products. Written, read and deleted by the operator's command. Stays until it has ended. */
export const catchUpKey = ({ platform, storeId }: StoreName, resource: Resource = 'order'): ItemKey => ({
  pk: CATCH_UP_PK,
  sk: resource === 'order' ? `${platform}#${storeId}` : `${platform}#${storeId}#${resource}`,
});

/** Partition of the endpoints that events are sent to. */
export const ENDPOINTS_PK: string = KINDS.endpoint;

/** An endpoint of the merchant's system and how far it has come. Written by the operator's commands and the delivery. Stays until it is removed. */
export const endpointKey = (id: string): ItemKey => ({ pk: ENDPOINTS_PK, sk: id });

/** Partition of the events that an endpoint refused. */
export const endpointAsidePk = (id: string): string => `${KINDS.endpointAside}#${id}`;

/** What an event is called that an endpoint refused, by its place in the feed. */
export const asideName = (epoch: number, seq: number): string => `${epoch}-${feedSk(seq)}`;

/** An event that an endpoint refused. Written by the delivery, deleted once it is taken after all; read by the operator. Expires after 90 days. */
export const endpointAsideKey = (id: string, name: string): ItemKey => ({
  pk: endpointAsidePk(id),
  sk: name,
});

/** The answer to a request that carried an idempotency key. Written and read by the API. Expires after a day. */
export const idempotencyKey = (client: string, sha256: string): ItemKey => ({
  pk: `${KINDS.idempotency}#${client}`,
  sk: sha256,
});

/**
 * Which SKUs were set to zero lately, and whether an operator lets it happen. Written and read by the API, written by the
 * operator's command. Expires after a day.
 */
export const stockZeroedKey = (): ItemKey => ({ pk: KINDS.stockZeroed, sk: 'zeroed' });
