import type { Route } from './route.ts';
import { acknowledgeOrder } from './routes/acknowledge.ts';
import { listCategories } from './routes/categories.ts';
import { getCommand, giveCommandsRoute, listCommands } from './routes/commands.ts';
import { getCustomer, listCustomers } from './routes/customers.ts';
import { listEvents } from './routes/events.ts';
import { getStock } from './routes/get-stock.ts';
import { getLocation, listLocations } from './routes/locations.ts';
import { getOrder } from './routes/order.ts';
import { listOrders } from './routes/orders.ts';
import { PASS_THROUGH } from './routes/pass-through.ts';
import { getProduct, listProducts } from './routes/products.ts';
import { putCustomer } from './routes/put-customer.ts';
import { putLocationOrder, putLocationRoute } from './routes/put-location.ts';
import { putPrices } from './routes/put-prices.ts';
import { putProduct } from './routes/put-product.ts';
import { putStock } from './routes/put-stock.ts';
import { getHealth, getOpenApi } from './routes/service.ts';

/** Every route of the API. A capability adds its own in a file of rows. The function loads all but first-routes.ts when one is asked for. */
export const ROUTES: readonly Route[] = [
  listEvents,
  listOrders,
  getOrder,
  acknowledgeOrder,
  listProducts,
  getProduct,
  putProduct,
  listCustomers,
  getCustomer,
  putCustomer,
  listCategories,
  listLocations,
  // Before the one that takes any id.
  putLocationOrder,
  getLocation,
  putLocationRoute,
  giveCommandsRoute,
  listCommands,
  getCommand,
  ...PASS_THROUGH,
  putPrices,
  putStock,
  getStock,
  getHealth,
  getOpenApi,
];
