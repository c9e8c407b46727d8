import { ROUTES } from '../support/routes.ts';
import type { Asked } from './guide.ts';

const pedidosya = (what: string, endpoint: string, methods: readonly string[], wrong?: string): Asked => ({
  platform: 'pedidosya',
  what,
  endpoint,
  by: { methods },
  ...(wrong === undefined ? {} : { wrong }),
});
const imotriz = (what: string, endpoint: string, methods: readonly string[], wrong?: string): Asked => ({
  platform: 'imotriz',
  what,
  endpoint,
  by: { methods },
  ...(wrong === undefined ? {} : { wrong }),
});
const passedOn = (what: string, endpoint: string, operation: string): Asked => ({
  platform: 'pedidosya',
  what,
  endpoint,
  by: { passedOn: operation },
});
const leftOut = (what: string, endpoint: string, reason: string): Asked => ({
  platform: 'pedidosya',
  what,
  endpoint,
  by: { leftOut: reason },
});
const webhook = (what: string, endpoint: string): Asked => ({
  platform: 'pedidosya',
  what,
  endpoint,
  by: { route: ROUTES.pedidosya, function: 'pedidosya-receive' },
});

/** Everything the two guides of PedidosYa ask for; they show no path, so the paths are the reference's. */
export const PEDIDOSYA_GUIDES: readonly Asked[] = [
  pedidosya(
    'Call with a bearer token',
    'Partner Portal, static token',
    ['oauth.token'],
    'Newer accounts get client credentials instead, exchanged at /oauth/token; the guides know static tokens only.',
  ),
  webhook('Receive orders and their changes', 'POST to the order webhook'),
  pedidosya(
    'Fulfil, change or cancel an order',
    'PUT order',
    ['orders.update'],
    'Only with direct POS (partner picking).',
  ),
  pedidosya(
    'Fetch orders of the last 60 days',
    'GET orders',
    ['orders.get', 'orders.page', 'orders.list'],
    'The path ends in /orders, which the portal leaves out: without it the answer is an empty 404.',
  ),
  pedidosya(
    'Update state, price and quantity',
    'PUT catalogue',
    ['catalogue.update'],
    'A quantity is compared, not stored, and in bulk only.',
  ),
  pedidosya('Export the whole catalogue', 'POST export', ['catalogue.requestExport', 'download']),
  pedidosya(
    'Read the log of a bulk update',
    'GET job',
    ['jobs.get'],
    'COMPLETED may hold rejected products.',
  ),
  passedOn('Read the categories', 'GET categories', 'catalogue.categories'),
  pedidosya('Read the listed products', 'GET products', ['catalogue.pages', 'catalogue.list']),
  webhook('Receive results of updates and exports', 'POST to the catalogue webhook'),
  leftOut(
    'Manage promotions',
    'PUT /chains/{chain}/promotion, GET its job',
    'Named in a menu, no part of these guides.',
  ),
  leftOut(
    'Open and close a store',
    'GET, PUT .../status',
    'Not in the menu of PedidosYa; sister brands have it.',
  ),
  leftOut('Create products', 'POST /chains/{chain}/catalog', 'A pilot: 501 for everybody else.'),
  leftOut('Read an order the older way', 'GET /orders/{order}', 'The same call without the chain.'),
  leftOut('Exchange files over SFTP', 'SFTP', 'For partners without an API.'),
];

/** Everything the transactions guide of iMotriz asks for. */
export const IMOTRIZ_GUIDE: readonly Asked[] = [
  imotriz(
    'Read new orders',
    'GET /api/cart/transaction/newOrders',
    ['newOrders'],
    'That a lost answer is a lost page, which only a person or the list of ids brings back, is left to the reader.',
  ),
  imotriz(
    'Read the ids of the last 8 days',
    'not published',
    ['orderIds'],
    'The picture with the path is missing: it is configuration, and off without it.',
  ),
  imotriz('Read one order', 'not published', ['order'], 'As above.'),
];
