import { categoryRoutes } from './catalogue/category-routes.ts';
import { customFieldRoutes } from './catalogue/custom-field-routes.ts';
import { imageRoutes } from './catalogue/image-routes.ts';
import { locationRoutes } from './catalogue/location-routes.ts';
import { productRoutes } from './catalogue/product-routes.ts';
import { stockRoutes } from './catalogue/stock-routes.ts';
import { variantCollectionRoutes } from './catalogue/variant-collection-routes.ts';
import { variantRoutes } from './catalogue/variant-routes.ts';
import { fulfilmentRoutes } from './fulfilment/routes.ts';
import { trackingRoutes } from './fulfilment/tracking-routes.ts';
import { legacyOrderRoutes } from './orders/legacy-routes.ts';
import { orderRoutes } from './orders/routes.ts';
import { transactionRoutes } from './orders/transaction-routes.ts';
import type { ApiRoute } from './platform.ts';
import { customerRoutes } from './resources/customer-routes.ts';
import { metafieldRoutes } from './resources/metafield-routes.ts';
import { storeRoutes } from './resources/store-routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';

/** Every route of the API; paths start after `/{version}/{store_id}`. */
export const apiRoutes: readonly ApiRoute[] = [
  ...storeRoutes,
  ...orderRoutes,
  ...transactionRoutes,
  ...legacyOrderRoutes,
  ...fulfilmentRoutes,
  ...trackingRoutes,
  ...metafieldRoutes,
  ...productRoutes,
  ...stockRoutes,
  ...variantRoutes,
  ...variantCollectionRoutes,
  ...imageRoutes,
  ...categoryRoutes,
  ...customFieldRoutes,
  ...locationRoutes,
  ...customerRoutes,
  ...webhookRoutes,
];
