import type { HttpMethod } from '../../http/transport.ts';

/** One endpoint as we call it. */
export interface Endpoint {
  method: HttpMethod;
  /** Below the base URL, with `{parameters}`. */
  path: string;
  /** True when the same call made twice leaves the platform as if it was made once. */
  idempotent: boolean;
  /** Where it is documented. */
  source: string;
}

const orders = 'Partner API, orders';
const catalogue = 'Partner API, catalogue';

/** Every endpoint of PedidosYa that we call, by the name of the client's method. */
export const ENDPOINTS = {
  'oauth.token': {
    method: 'POST',
    path: '/oauth/token',
    idempotent: true,
    source: 'Partner API, authentication',
  },
  'orders.get': {
    method: 'GET',
    path: '/chains/{chain}/orders/{order}',
    idempotent: true,
    source: `${orders}; 60 days back`,
  },
  'orders.list': {
    method: 'GET',
    path: '/chains/{chain}/vendors/{vendor}/orders',
    idempotent: true,
    source: `${orders}; without the /orders that the portal's text lacks the answer is an empty 404`,
  },
  'orders.update': {
    method: 'PUT',
    path: '/chains/{chain}/orders/{order}',
    idempotent: false,
    source: `${orders}; use cases of the partner picking`,
  },
  'catalogue.update': {
    method: 'PUT',
    path: '/chains/{chain}/vendors/{vendor}/catalog',
    idempotent: true,
    source: `${catalogue}; absolute values only, so a repetition changes nothing`,
  },
  'catalogue.list': {
    method: 'GET',
    path: '/chains/{chain}/vendors/{vendor}/catalog',
    idempotent: true,
    source: `${catalogue}; the parameter is page, page_number is ignored`,
  },
  'catalogue.job': {
    method: 'GET',
    path: '/chains/{chain}/catalog/jobs/{job}',
    idempotent: true,
    source: `${catalogue}; at chain level`,
  },
  'catalogue.export': {
    method: 'POST',
    path: '/chains/{chain}/vendors/{vendor}/catalog/export',
    idempotent: false,
    source: `${catalogue}; the result comes to the webhook`,
  },
} as const satisfies Record<string, Endpoint>;

export type Operation = keyof typeof ENDPOINTS;
