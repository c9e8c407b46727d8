/** What a platform may ask of a merchant's apps for the sake of data protection. */
export type PrivacyTopic = 'erase-store' | 'erase-customer' | 'export-customer';

/** What a privacy request is about: ids only, none of the personal data it quotes. */
export interface PrivacyRequest {
  storeId: string;
  customerId?: string;
  orderIds: string[];
  /** Carts and drafts that a data request names beside the orders. */
  checkoutIds?: string[];
  draftIds?: string[];
  dataRequestId?: string;
}

/**
 * What is kept of something that is of another store: enough for a person to see whose it is, and nothing of a person.
 */
export const foreignBytes = (about: { storeId?: string; platformOrderId?: string }): Uint8Array =>
  Buffer.from(JSON.stringify({ storeId: about.storeId, platformOrderId: about.platformOrderId }));
