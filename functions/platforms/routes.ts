/** Paths that platforms call. The API's routes, the outputs a person pastes into a panel and the receivers share them. */
export const ROUTES = {
  pedidosya: '/webhooks/pedidosya',
} as const;
