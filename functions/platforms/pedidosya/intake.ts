import type { IntakePlatform } from '../platform.ts';
import { normalisePedidosyaOrder } from './normalise.ts';
import { products } from './product-resource.ts';
import { connecting, createPedidosyaReads, type PedidosyaReads } from './reads.ts';
import { reconciliation } from './reconciliation.ts';
import { apiSecret, webhookSecret } from './secrets.ts';
import type { PedidosyaChain, PedidosyaSettings } from './settings.ts';
import { readStoredOrder, readWebhook } from './webhook.ts';
import { proof } from './webhook-proof.ts';

/** The token endpoint takes 50 calls a minute, apart from all others (seen at PedidosYa by one client); we stay at 40. */
const TOKEN_RATE = { perSecond: 40 / 60, burst: 4 };
const HOUR_MS = 3_600_000;
/** Files lie on another host, whose limits are not known and are no part of the platform's. */
const FILE_RATE = { perSecond: 1, burst: 5 };

/** PedidosYa: each webhook carries the whole order, and products are listed. A store is a chain, which has outlets. */
export const intake = {
  name: 'pedidosya',
  title: 'PedidosYa',
  stores: ({ chains }) => chains.map((settings) => ({ id: settings.chainId, settings })),
  credentials: {
    webhook: {
      schema: webhookSecret,
      per: 'store',
      description: 'Secret typed into the PedidosYa Partner Portal beside the webhook URL',
      fields: ['secret'],
      generated: 'secret',
      previous: { secret: 'previousSecret' },
    },
    api: {
      schema: apiSecret,
      per: 'store',
      description:
        'Token from the PedidosYa Partner Portal, Shops Integrations (or clientId and clientSecret instead)',
      fields: ['token'],
      alternatives: [['clientId', 'clientSecret']],
    },
  },
  /** The platform counts by source address, whatever the credential. */
  limits: ({ settings: { egress: scope, rate } }) => ({
    api: { scope, ...rate },
    token: { scope, ...TOKEN_RATE },
    files: { scope, ...FILE_RATE },
  }),
  connect: connecting(createPedidosyaReads),
  check: {
    async read({ orders }, { settings: { stores } }, now) {
      const vendor = stores[0]?.ownCode ?? stores[0]?.storeId ?? '';
      await orders.page({ vendor, from: now - HOUR_MS, to: now, pageSize: 1 });
    },
  },
  webhook: proof,
  read: readWebhook,
  resources: {
    order: {
      truth: 'pushed',
      finalStatuses: new Set(['cancelled', 'delivered']),
      normalise: (json, { settings }) => normalisePedidosyaOrder(json, settings),
      readStored: (bytes, { settings }) => ({
        kind: 'orders',
        orders: [{ reading: readStoredOrder(bytes, settings), bytes }],
      }),
      /** Ids are texts of no stated form. */
      isOrderId: (id) => id !== '' && id.length <= 128,
      get: (api, orderId) => api.orders.get(orderId),
      reconciliation,
    },
    product: products,
  },
  deployment: { maxConcurrency: 5, hasOutlets: true, tellsCatalogueJobs: true },
} satisfies IntakePlatform<PedidosyaSettings, PedidosyaChain, PedidosyaReads>;
