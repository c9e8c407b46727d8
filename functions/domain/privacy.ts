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
