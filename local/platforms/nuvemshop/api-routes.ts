import { fulfilmentRoutes } from './fulfilment/routes.ts';
import { trackingRoutes } from './fulfilment/tracking-routes.ts';
import { orderRoutes } from './orders/routes.ts';
import type { ApiRoute } from './platform.ts';
import { storeRoutes } from './resources/store-routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';

/** Every route of the API; paths start after `/{version}/{store_id}`. */
export const apiRoutes: readonly ApiRoute[] = [
  ...storeRoutes,
  ...orderRoutes,
  ...fulfilmentRoutes,
  ...trackingRoutes,
  ...webhookRoutes,
];
