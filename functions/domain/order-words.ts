/** Closed lists about orders, apart from the schema of one: many functions need these, and few need that at their start. */

/** Where an order stands, in our own closed list. Words we don't know become `unknown`, never an error. */
export const ORDER_STATUSES = [
  'received',
  'confirmed',
  'ready',
  'dispatched',
  'delivered',
  'cancelled',
  'closed',
  'unknown',
] as const;
/** The fields of an order, by name, in order. */
export const ORDER_FIELDS = [
  'acceptedFor',
  'channel',
  'countsAsSale',
  'courierCode',
  'currency',
  'discounts',
  'displayNumber',
  'fulfilment',
  'lines',
  'outletId',
  'payment',
  'personal',
  'placedAt',
  'platform',
  'platformOrderId',
  'platformStatus',
  'preorder',
  'promisedFor',
  'status',
  'storeId',
  'totals',
  'updatedAt',
  'warnings',
] as const;
