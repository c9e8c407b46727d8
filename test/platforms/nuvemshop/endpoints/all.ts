import { catalogue } from './catalogue.ts';
import type { Endpoint } from './endpoint.ts';
import { fulfilment } from './fulfilment.ts';
import { orders } from './orders.ts';
import { others } from './others.ts';
import { stock } from './stock.ts';

/** Every method of the client with the call that matters most in it. */
export const ENDPOINTS: readonly Endpoint[] = [...orders, ...fulfilment, ...catalogue, ...stock, ...others];
