import type { OrderRow } from '../../domain/order-row.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Platform } from '../platform.ts';
import type { ListedOrder, ListsOrders, OrderResource, Reconciliation, Scan } from '../resource.ts';
import { WINDOW_MS } from './client/orders.ts';
import { connectPedidosya, type PedidosyaClient } from './client.ts';
import { normalisePedidosyaOrder } from './normalise.ts';
import { sendsWebhook } from './order/statuses.ts';
import {
  apiSecret,
  LISTED_DAYS,
  type PedidosyaChain,
  type PedidosyaSettings,
  pedidosyaSettings,
  plainId,
  webhookSecret,
} from './settings.ts';
import { readStoredOrder, readWebhook, verifyAuthorization } from './webhook.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The token endpoint takes 50 calls a minute, apart from all others (seen at PedidosYa by one client); we stay at 40. */
const TOKEN_RATE = { perSecond: 40 / 60, burst: 4 };
/** Files lie on another host, whose limits are not known and are no part of the platform's. */
const FILE_RATE = { perSecond: 1, burst: 5 };

/** Orders of PedidosYa: each webhook carries the whole order. A store is a chain, which has outlets. */
export const pedidosya: Platform<PedidosyaSettings, PedidosyaChain, PedidosyaClient> = {
  name: 'pedidosya',
  title: 'PedidosYa',
  settings: pedidosyaSettings,
  stores: ({ chains }) => chains.map((settings) => ({ id: settings.chainId, settings })),
  credentials: {
    webhook: {
      schema: webhookSecret,
      per: 'store',
      description: 'Secret typed into the PedidosYa Partner Portal beside the webhook URL',
      fields: ['secret'],
    },
    api: {
      schema: apiSecret,
      per: 'store',
      description:
        'Token from the PedidosYa Partner Portal, Shops Integrations (or clientId and clientSecret instead)',
      fields: ['token'],
    },
  },
  /** The platform counts by source address, whatever the credential. */
  limits: ({ settings: { egress: scope, rate } }) => ({
    api: { scope, ...rate },
    token: { scope, ...TOKEN_RATE },
    files: { scope, ...FILE_RATE },
  }),
  connect: ({ settings }, connection) => connectPedidosya(settings, connection),
  webhook: {
    routes: (stores) =>
      stores.map(({ id }) => ({
        path: `/webhooks/pedidosya/${id}`,
        topic: 'webhook',
        storeId: id,
        output: stores.length === 1 ? 'PedidosyaWebhookUrl' : `PedidosyaWebhookUrl${plainId(id)}`,
        pasteInto:
          'PedidosYa Partner Portal, Shops Integrations, webhook settings: both the order and the catalogue URL field',
      })),
    credential: 'webhook',
    secrets(credential) {
      const { secret, previousSecret } = webhookSecret.parse(credential);
      return [secret, previousSecret];
    },
    verify: ({ headers }, secrets) => verifyAuthorization(headers.authorization, secrets),
  },
  read: readWebhook,
  resources: { order: orderResource() },
  deployment: { maxConcurrency: 5 },
};

function orderResource(): OrderResource<PedidosyaChain, PedidosyaClient> {
  return {
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
  };
}

const PAGE_SIZE = 500;
/** Webhooks are tried again for about a minute only (Partner API, frequent questions): later, nothing is under way any more. */
const QUIET_MINUTES = 3;
/** Clocks of the table's writers may be this far apart (ms). */
const CLOCK_MARGIN_MS = 1000;

const reconciliation: Reconciliation<PedidosyaChain, PedidosyaClient> = {
  lists: 'orders',
  everyMinutes: ({ settings }) => settings.reconcile.everyMinutes,
  scans: ({ settings }) => settings.stores.flatMap((outlet) => scansOf(outlet, settings)),
  /** The client gives up after 20 s, a token may have to be fetched before; the rest is for recording a page. */
  slowestCallMs: 75_000,
  list: (api, { query: { vendor = '' } }, { from, to }) =>
    api.orders.list({ vendor, from, to, pageSize: PAGE_SIZE }),
  compare,
  sendsWebhook({ settings }, { query }, status) {
    const outlet = settings.stores.find(({ storeId }) => storeId === query.outlet);
    return outlet !== undefined && sendsWebhook(outlet.pickingMode, status);
  },
};

function scansOf(
  { storeId: outlet, ownCode }: PedidosyaChain['stores'][number],
  { reconcile }: PedidosyaChain,
): Scan[] {
  const common = {
    keptMs: LISTED_DAYS * DAY_MS,
    quietPeriodMs: QUIET_MINUTES * MINUTE_MS,
    longestSliceMs: WINDOW_MS,
    // `vendor` is the outlet's name in paths.
    query: { outlet, vendor: ownCode ?? outlet },
  };
  const recent = {
    name: `recent#${outlet}`,
    order: 0,
    everyMs: 0,
    lookbackMs: reconcile.overlapMinutes * MINUTE_MS,
    firstMs: reconcile.firstDays * DAY_MS,
  };
  // Should the list be filtered by creation, a late change of an old order shows up here only.
  const deep = {
    name: `deep#${outlet}`,
    order: 1,
    everyMs: DAY_MS,
    lookbackMs: reconcile.deepDays * DAY_MS,
    firstMs: reconcile.deepDays * DAY_MS,
  };
  return [
    { ...common, ...recent },
    { ...common, ...deep },
  ];
}

function compare(
  row: OrderRow | undefined,
  listed: ListedOrder,
  askedAt: EpochMs,
): ReturnType<ListsOrders['compare']> {
  if (isCurrent(row, listed, askedAt)) return 'current';
  return row === undefined ? 'missing' : 'stale';
}

/** True when the table has what the list says, or newer. */
function isCurrent(row: OrderRow | undefined, listed: ListedOrder, askedAt: EpochMs): boolean {
  if (row?.order === undefined || row.state === 'needs-review') return false;
  if (row.observedAt > askedAt + CLOCK_MARGIN_MS) return true;
  const { changedAt, status } = listed;
  const sameStatus = row.order.platformStatus.status === status.status;
  if (changedAt === undefined) return sameStatus;
  if (row.sourceTime === undefined) return false;
  return row.sourceTime > changedAt || (row.sourceTime === changedAt && sameStatus);
}
