/** Paths that platforms call. The API's routes, the outputs a person pastes into a panel and the receivers share them. */
export const ROUTES = {
  nuvemshopEvents: '/webhooks/nuvemshop',
  nuvemshopStoreRedact: '/webhooks/nuvemshop/store-redact',
  nuvemshopCustomersRedact: '/webhooks/nuvemshop/customers-redact',
  nuvemshopCustomersDataRequest: '/webhooks/nuvemshop/customers-data-request',
  pedidosya: '/webhooks/pedidosya',
} as const;

/** Paths that a merchant's browser opens. */
export const INSTALL_ROUTES = {
  nuvemshopStart: '/oauth/nuvemshop/start',
  nuvemshopCallback: '/oauth/nuvemshop/callback',
} as const;
