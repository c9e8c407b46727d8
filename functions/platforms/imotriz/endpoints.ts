import type { HttpMethod } from '../../http/transport.ts';
import type { ImotrizStore } from './settings.ts';

/** One endpoint as we call it; its path is a setting, because two of the three are not published. */
export interface Endpoint {
  method: HttpMethod;
  pathSetting: keyof ImotrizStore['paths'];
  /** False when a call that may have arrived must not be made again by itself. */
  idempotent: boolean;
  /** Where it is documented. */
  source: string;
}

/** Every endpoint of iMotriz that we call, by the name of the client's method. */
export const ENDPOINTS = {
  'orders.new': {
    method: 'GET',
    pathSetting: 'newOrders',
    idempotent: false,
    source: 'Transactions guide, new transactions; reading marks as synchronised',
  },
  'orders.ids': {
    method: 'GET',
    pathSetting: 'orderIds',
    idempotent: true,
    source: 'Transactions guide, ids of the last 8 days; path not published',
  },
  'orders.get': {
    method: 'GET',
    pathSetting: 'order',
    idempotent: true,
    source: 'Transactions guide, one order; path not published',
  },
} as const satisfies Record<string, Endpoint>;

export type Operation = keyof typeof ENDPOINTS;
