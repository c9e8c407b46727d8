import type { SimRoute } from '../shared/routes.ts';
import type { SimRequest, SimResponse } from '../simulator.ts';
import type { ImotrizPaths } from './options.ts';
import { problemFor } from './problems.ts';
import type { Sale } from './record.ts';
import { type BrokenEnvelope, type ImotrizState, ODD_EMPTY, ODD_FULL, recordIn } from './state.ts';

const PAGE_SIZE = 30;
const DAY_MS = 86_400_000;
const DAYS_OF_IDS = 8;

/** A route of the simulated platform. */
export type ImotrizRoute = SimRoute<ImotrizState>;

/** The routes at their configured paths; a resource whose path is `null` is not served. */
export function createRoutes(paths: ImotrizPaths): ImotrizRoute[] {
  const routes: ImotrizRoute[] = [
    {
      method: 'GET',
      path: paths.newOrders,
      source: 'Transactions guide: new orders, 30 at most, marked as synchronised by reading them.',
      handle: newOrders,
    },
  ];
  if (paths.orderIds !== null) {
    routes.push({
      method: 'GET',
      path: paths.orderIds,
      source: 'Transactions guide: ids of the last 8 days, synchronised or not; its path is not published.',
      handle: orderIds,
    });
  }
  if (paths.order !== null) {
    routes.push({
      method: 'GET',
      path: paths.order,
      source:
        'Transactions guide: one order inside the configured dates, else 404; its path is not published.',
      handle: oneOrder,
    });
  }
  return routes;
}

function newOrders(_request: SimRequest, state: ImotrizState): SimResponse {
  const fresh = inWindow(state).filter(({ synchronised }) => !synchronised);
  const broken = state.brokenPages.shift() ?? drawOdd(state, fresh.length);
  const page = fresh.slice(0, broken === 'more-than-30' ? PAGE_SIZE * 2 : PAGE_SIZE);
  for (const sale of page) sale.synchronised = true;
  const data = page.map((sale) => recordIn(state, sale));
  const metadata = {
    total_transactions_found: fresh.length,
    returned_transactions: page.length,
    pending_transactions: fresh.length - page.length,
  };
  return broken === undefined ? { status: 200, body: { data, metadata } } : breakPage(broken, data, metadata);
}

type Metadata = Record<string, number>;

/** Shares of odd answers, of those without orders and of those with some. */
const ODD_EMPTY_SHARE = 0.5;
const ODD_FULL_SHARE = 0.15;

function drawOdd({ options, oddRandom }: ImotrizState, fresh: number): BrokenEnvelope | undefined {
  if (options.oddities !== true) return undefined;
  const [share, forms] = fresh === 0 ? [ODD_EMPTY_SHARE, ODD_EMPTY] : [ODD_FULL_SHARE, ODD_FULL];
  return oddRandom.chance(share) ? oddRandom.pick(forms) : undefined;
}

function breakPage(broken: BrokenEnvelope, data: object[], metadata: Metadata): SimResponse {
  const body = (value: object): SimResponse => ({ status: 200, body: value });
  switch (broken) {
    case 'html':
      return {
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: '<html><body>Sesión</body></html>',
      };
    case 'data-missing':
      return body({ metadata });
    case 'data-object':
      return body({ data: Object.fromEntries(data.entries()), metadata });
    case 'metadata-missing':
      return body({ data });
    case 'metadata-strings':
      return body({
        data,
        metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)])),
      });
    case 'negative-pending':
      return body({ data, metadata: { ...metadata, pending_transactions: -1 } });
    case 'more-than-30':
      return body({ data, metadata });
    case 'metadata-null':
      return body({ data, metadata: null });
    case 'pending-null':
      return body({ data, metadata: { ...metadata, pending_transactions: null } });
    case 'bare-list':
      return body(data);
    case 'no-content':
      return { status: 204 };
    case 'empty-body':
      return { status: 200 };
    case 'empty-list':
      return body([]);
    case 'data-null':
      return body({ data: null, metadata });
    case 'data-empty-object':
      return body({ data: {}, metadata });
  }
}

function orderIds(_request: SimRequest, state: ImotrizState): SimResponse {
  const since = state.clock.now() - DAYS_OF_IDS * DAY_MS;
  const sales = inWindow(state).filter(({ createdAt }) => createdAt >= since);
  return { status: 200, body: { data: sales.map(({ id }) => id) } };
}

function oneOrder(request: SimRequest, state: ImotrizState): SimResponse {
  const sale = inWindow(state).find(({ id }) => String(id) === request.params.id);
  if (sale === undefined) return problemFor(404);
  if (state.options.detailMarks === true) sale.synchronised = true;
  return { status: 200, body: { data: recordIn(state, sale) } };
}

function inWindow({ sales, syncFrom }: ImotrizState): Sale[] {
  return [...sales.values()].filter(({ createdAt }) => syncFrom !== null && createdAt >= syncFrom);
}
