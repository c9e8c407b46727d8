import { createCaller, type NuvemshopClientOptions } from './client/call.ts';
import { createOrders } from './client/orders.ts';

export type { NuvemshopClientOptions } from './client/call.ts';

/** Everything Acopio asks of Nuvemshop's API for one store, one method per endpoint. */
export type NuvemshopClient = ReturnType<typeof createNuvemshopClient>;

/**
 * Makes the client of one store. It holds no state, so making one per delivery, with its correlation id, costs nothing.
 *
 * Every method throws PlatformError; what its kinds ask for is in `functions/http/errors.ts`. Nothing is retried here but
 * a call refused for its token, once, with the token read again: waiting is the queue's business.
 */
export function createNuvemshopClient(options: NuvemshopClientOptions) {
  const call = createCaller(options);
  return { orders: createOrders(call, options.clock) };
}
