import type { FirstContext } from './context.ts';
import type { Route } from './route.ts';
import { acknowledgeOrder } from './routes/acknowledge.ts';
import { listEvents } from './routes/events.ts';
import { getOrder } from './routes/order.ts';
import { listOrders } from './routes/orders.ts';
import { getHealth } from './routes/service.ts';

/** What a merchant's system asks for all day. The function starts with these; what it needs for all others it loads. */
export const FIRST_ROUTES: readonly Route<FirstContext>[] = [
  listEvents,
  listOrders,
  getOrder,
  acknowledgeOrder,
  getHealth,
];
