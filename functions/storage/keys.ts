/**
 * Names that the tables' definition and their readers share.
 *
 * Orders table: `pk` = `platform#storeId#platformOrderId`; `sk` = `order` for the order itself and `raw#<sha256>#<part>`
 * for the bytes it was made from, which expire by `expiresAt` (epoch seconds).
 *
 * Control table: what the functions remember between calls (buckets, leases, pauses, parts of large payloads), keyed by
 * `pk` and `sk`, expiring by `expiresAt` where it is set.
 */
export const TABLE_KEYS = { partition: 'pk', sort: 'sk', expiry: 'expiresAt' } as const;

/** Sparse index of rows that wait for a person: partition `attentionOf` (the platform), sort `attentionAt` (ISO time). */
export const REVIEW_INDEX = { name: 'needs-review', partition: 'reviewOf', sort: 'reviewAt' } as const;

/** Orders of one store by the time of their last change: partition `storeKey` (`platform#storeId`), sort `changedAt` (ISO time). */
export const CHANGES_INDEX = { name: 'changes', partition: 'storeKey', sort: 'changedAt' } as const;
