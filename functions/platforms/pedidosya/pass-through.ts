import type { Endpoint, KeptEndpoint, PassThrough } from '../pass-through.ts';
import type { PedidosyaClient } from './client.ts';
import { ENDPOINTS } from './endpoints.ts';
import type { PedidosyaChain } from './settings.ts';

const CHAIN = '/chains/{store}';
const VENDOR = `${CHAIN}/vendors/{vendor}`;
const ORDERS = { persons: ['orders:personal'] } as const;
const never = (
  operation: string,
  method: Endpoint['method'],
  path: string,
  reason: string,
  ...reachedBy: KeptEndpoint['reachedBy']
): KeptEndpoint => ({ operation, method, path, through: 'never', reason, reachedBy });

/** The path of an endpoint that the client calls: our store is the platform's chain. */
const pathOf = (operation: keyof typeof ENDPOINTS): string =>
  ENDPOINTS[operation].path.replace('{chain}', '{store}');

const TABLE: readonly Endpoint[] = [
  never(
    'oauth.token',
    'POST',
    pathOf('oauth.token'),
    'Tokens are fetched by us, few a minute. Ask for what you need them for.',
    'event',
    'schedule',
  ),
  {
    operation: 'orders.get',
    method: 'GET',
    path: pathOf('orders.get'),
    through: 'read',
    ...ORDERS,
    reachedBy: ['schedule', 'command items'],
  },
  {
    operation: 'orders.list',
    method: 'GET',
    path: pathOf('orders.list'),
    through: 'read',
    ...ORDERS,
    reachedBy: ['schedule'],
  },
  never(
    'orders.older',
    'GET',
    '/orders/{order}',
    'It names no chain. Use /chains/{chain}/orders/{order}, which answers the same.',
  ),
  never(
    'orders.update',
    'PUT',
    pathOf('orders.update'),
    'A command has this effect once, on the order as it is now. Give the command ready, dispatch, items or cancel with POST /v1/commands.',
    'command ready',
    'command dispatch',
    'command cancel',
    'command items',
  ),
  never(
    'catalogue.update',
    'PUT',
    pathOf('catalogue.update'),
    'Prices and stock have one sender, or one number undoes the sale that another one knows of. Send them with PUT /v1/stock and PUT /v1/prices.',
    'route PUT /v1/stock',
    'route PUT /v1/prices',
  ),
  {
    operation: 'catalogue.list',
    method: 'GET',
    path: pathOf('catalogue.list'),
    through: 'read',
    reachedBy: ['schedule'],
  },
  {
    operation: 'catalogue.categories',
    method: 'GET',
    path: `${VENDOR}/categories`,
    through: 'read',
    reachedBy: [],
  },
  {
    operation: 'catalogue.job',
    method: 'GET',
    path: pathOf('catalogue.job'),
    through: 'read',
    reachedBy: ['schedule'],
  },
  never(
    'catalogue.export',
    'POST',
    pathOf('catalogue.export'),
    'Its file comes to our webhook and to nobody else. Run the operator\'s command "products export", which asks for it and reads it.',
    'operator products export',
  ),
  never(
    'download',
    'GET',
    '/files/{file}',
    'A file is fetched where the platform\'s webhook names it. Run the operator\'s command "products export".',
    'event',
  ),
  {
    operation: 'catalogue.create',
    method: 'POST',
    path: `${CHAIN}/catalog`,
    through: 'write',
    reachedBy: [],
  },
  { operation: 'promotions.put', method: 'PUT', path: `${CHAIN}/promotion`, through: 'write', reachedBy: [] },
  {
    operation: 'promotions.job',
    method: 'GET',
    path: `${CHAIN}/promotion/jobs/{job}`,
    through: 'read',
    reachedBy: [],
  },
  { operation: 'outlets.status', method: 'GET', path: `${VENDOR}/status`, through: 'read', reachedBy: [] },
  {
    operation: 'outlets.setStatus',
    method: 'PUT',
    path: `${VENDOR}/status`,
    through: 'write',
    reachedBy: [],
  },
];

export const passThrough: PassThrough<PedidosyaChain, PedidosyaClient> = {
  endpoints: () => TABLE,
  async call({ through }, { endpoint, variables, query, body }) {
    const { operation, method, path } = endpoint;
    const answer = await through({
      operation,
      endpoint: { method, path: path.replace('{store}', '{chain}'), idempotent: method !== 'POST' },
      params: variables,
      query,
      ...(body === undefined ? {} : { body }),
    });
    const json = answer.bytes.byteLength === 0 ? undefined : answer.json();
    return { status: answer.status, headers: {}, body: json };
  },
};
