import { imotrizSettings, nuvemshopSettings, pedidosyaSettings } from '../../functions/platforms/settings.ts';
import { HOSTS } from './network.ts';

const COMMON = { MERCHANT: 'chaos', LOG_LEVEL: 'DEBUG' } as const;
export const TABLE = { orders: 'orders', control: 'control' } as const;

/** The settings of the simulated merchant, complete. */
export const SETTINGS = {
  nuvemshop: nuvemshopSettings.parse({
    storeId: '5665778',
    userAgent: 'Acopio chaos (chaos@example.com)',
    baseUrl: `https://${HOSTS.nuvemshop}/2025-03`,
  }),
  pedidosya: pedidosyaSettings.parse({
    chainId: '79d3a074-0f4c-44ac-892c-787fdfb04ba1',
    country: 'uy',
    stores: [
      { storeId: 'nbet', pickingMode: 'partner' },
      { storeId: 's8ym', ownCode: 'store-002', pickingMode: 'pelican' },
    ],
    baseUrl: `https://${HOSTS.pedidosya}/v2`,
  }),
  imotriz: imotrizSettings.parse({
    country: 'co',
    storeId: 'co-main',
    baseUrl: `https://${HOSTS.imotriz}`,
    paths: { orderIds: '/simulated/order-ids', order: '/simulated/orders/{id}' },
  }),
};

/** Names of the secrets. */
export const SECRET = {
  nuvemshopApp: 'nuvemshop-app',
  nuvemshopStore: 'nuvemshop-store',
  pedidosyaWebhook: 'pedidosya-webhook',
  pedidosyaApi: 'pedidosya-api',
  imotriz: 'imotriz-api',
} as const;

/** What the deployment sets for each function, its queue named by the platform. */
export function environmentOf(platform: 'nuvemshop' | 'pedidosya' | 'imotriz', secret: string) {
  return {
    ...COMMON,
    QUEUE_URL: platform,
    SECRET_ID: secret,
    ORDERS_TABLE: TABLE.orders,
    CONTROL_TABLE: TABLE.control,
    RAW_DAYS: 90,
  } as const;
}

/** Figures of the deployment that decide how a message lives; times in ms. A test compares them with what is deployed. */
export const DEPLOYED = {
  receiver: { timeoutMs: 5000 },
  consumer: {
    timeoutMs: 90_000,
    visibilityMs: 540_000,
    maxReceives: 5,
    batchSize: 10,
    nuvemshop: { windowMs: 1000, maxConcurrency: 5 },
    pedidosya: { windowMs: 0, maxConcurrency: 5 },
    imotriz: { windowMs: 0, maxConcurrency: 2 },
  },
  poller: { timeoutMs: 120_000 },
  reconciler: { timeoutMs: 300_000 },
} as const;
