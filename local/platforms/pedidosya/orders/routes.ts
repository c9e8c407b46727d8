import type { SimRequest, SimResponse } from '../../simulator.ts';
import { problem } from '../problems.ts';
import { orderUpdateSchema } from '../request-schemas.ts';
import { isRefusal, type PedidosYaRoute, paged, readJson, readPaging, readStore } from '../route.ts';
import { announce, type PedidosYaState, saveOrder, storeOf } from '../state.ts';
import type { PedidosYaOrder } from './order.ts';
import { applyOrderUpdate } from './update.ts';

const DAYS_KEPT = 60;
const DAY_MS = 86_400_000;
const DEFAULT_PAGE_SIZE = 20;

/** The order endpoints. */
export const orderRoutes: readonly PedidosYaRoute[] = [
  {
    method: 'GET',
    path: '/v2/chains/{chain_id}/orders/{order_id}',
    source: 'Orders guide: GET an order of the last 60 days; path from the partner API use cases.',
    handle: getOrder,
  },
  {
    method: 'GET',
    path: '/v2/orders/{order_id}',
    source: 'Pelican picking page: an older form of the same call, without the chain.',
    handle: getOrder,
  },
  {
    method: 'GET',
    path: '/v2/chains/{chain_id}/vendors/{vendor_id}/orders',
    source: 'Orders guide: GET several orders; 60 days, 1 to 500 a page, the /orders suffix is needed.',
    handle: listOrders,
  },
  {
    method: 'PUT',
    path: '/v2/chains/{chain_id}/orders/{order_id}',
    source:
      'Orders guide: PUT to fulfil, change or cancel an order; forms from the partner-picking use cases.',
    handle: putOrder,
  },
];

function findOrder(request: SimRequest, state: PedidosYaState): PedidosYaOrder | undefined {
  const order = state.orders.get(request.params.order_id ?? '');
  const oldest = state.clock.now() - DAYS_KEPT * DAY_MS;
  return order !== undefined && Date.parse(order.sys.created_at) >= oldest ? order : undefined;
}

function orderNotFound(): SimResponse {
  return problem(404, 'ORDER_NOT_FOUND', 'No such order in the last 60 days');
}

function getOrder(request: SimRequest, state: PedidosYaState): SimResponse {
  const order = findOrder(request, state);
  return order === undefined ? orderNotFound() : { status: 200, body: order };
}

function listOrders(request: SimRequest, state: PedidosYaState): SimResponse {
  const found = readStore(request, state);
  if (isRefusal(found)) return found.refusal;
  const paging = readPaging(request.query, DEFAULT_PAGE_SIZE);
  if (isRefusal(paging)) return paging.refusal;
  const start = utcTime(request.query.get('start_time'));
  const end = utcTime(request.query.get('end_time'));
  if (start === undefined || end === undefined || start > end) {
    return problem(400, 'INVALID_TIME', 'start_time and end_time must be UTC times, start first');
  }
  if (start < state.clock.now() - DAYS_KEPT * DAY_MS) {
    return problem(400, 'INVALID_START_TIME', `start_time is more than ${DAYS_KEPT} days ago`);
  }
  const field = state.options.listWindow === 'updated' ? 'updated_at' : 'created_at';
  const orders = [...state.orders.values()].filter((order) => {
    const at = Date.parse(order.sys[field]);
    return order.client.store_id === found.store.options.id && at >= start && at <= end;
  });
  return paged('orders', orders, paging);
}

function putOrder(request: SimRequest, state: PedidosYaState): SimResponse {
  const order = findOrder(request, state);
  if (order === undefined) return orderNotFound();
  const body = readJson(request, orderUpdateSchema);
  if (isRefusal(body)) return body.refusal;
  const store = storeOf(state, order);
  const result = applyOrderUpdate(order, body.value, {
    pickingMode: store.options.pickingMode,
    country: store.country,
    product: (sku) => store.products.get(sku),
    newItemId: () => `item-${state.random.hex(8)}`,
    dispatchedShownAs: state.options.dispatchedShownAs,
    omittedLines: state.options.omittedLines,
  });
  if (!result.ok) return result.refusal;
  const saved = saveOrder(state, result.order, 'partner');
  // A cart update is the one change that no webhook follows.
  if (body.value.status !== 'UPDATE_CART') announce(state, saved);
  return { status: 200, body: saved };
}

// Both forms are in use: without a zone, as in the documentation's sample, and with Z.
function utcTime(text: string | null): number | undefined {
  if (text === null || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z?$/.test(text)) return undefined;
  const at = Date.parse(text.endsWith('Z') ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}
