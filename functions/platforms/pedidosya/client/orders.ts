import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { TimeRange } from '../../../domain/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { OwnError } from '../../../runtime/describe-error.ts';
import { elementsAt, isWrittenOnce, valuesOfKey } from '../../reading/json-slices.ts';
import { readIsoTime } from '../../reading/times.ts';
import type { ListedOrder } from '../../resource.ts';
import { type Caller, failed, notUnderstood } from './call.ts';

export interface OrderPage {
  orders: ListedOrder[];
  page: number;
  last: boolean;
}

export interface OrderPageRequest extends TimeRange {
  /** The platform's store id, or the own code once the outlet was remapped. */
  vendor: string;
  /** From 1. */
  page?: number;
  /** 1 to 500. */
  pageSize?: number;
}

export interface PedidosyaOrderReads {
  /** One order, up to 60 days back. @throws PlatformError; `not-found`. */
  get(orderId: string): Promise<{ bytes: Uint8Array; json: unknown }>;
  /** One page of the orders of a window of at most 7 days. @throws PlatformError; `refused` for bounds the platform does not take. */
  page(request: OrderPageRequest): Promise<OrderPage>;
  /**
   * Every order of an outlet in a span of time, window after window, page after page. Whether the platform filters by
   * creation or by change is not known, and orders may move between pages meanwhile: overlap the spans and expect an order
   * twice.
   */
  list(request: Omit<OrderPageRequest, 'page'>): AsyncGenerator<OrderPage, void, undefined>;
}

const DAY_MS = 86_400_000;

/** How far back orders can be asked for (orders guide: 60 days). */
const LOOKBACK_MS = 60 * DAY_MS;
/** The longest window we ask for at once: 7 days, less the second that rounding may add. */
export const WINDOW_MS = 7 * DAY_MS - 1000;

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGES = 10_000;

const listAnswer = lazily(() =>
  z.object({
    // Some servers write a list with nothing in it as null.
    orders: z
      .array(z.unknown())
      .nullable()
      .transform((list) => list ?? []),
    page_size: z.int().positive().nullish().catch(undefined),
    total_pages: z.int().positive().nullish().catch(undefined),
  }),
);

const listedOrder = lazily(() =>
  z.object({
    order_id: z
      .union([z.string().min(1), z.int().transform(String)])
      .optional()
      .catch(undefined),
    status: z.string().optional().catch(undefined),
    sys: z.object({ updated_at: z.string() }).optional().catch(undefined),
  }),
);

export function createOrderReads(call: Caller, clock: Clock): PedidosyaOrderReads {
  const get: PedidosyaOrderReads['get'] = async (orderId) => {
    const answer = await call({ operation: 'orders.get', params: { order: orderId } });
    return { bytes: answer.bytes, json: answer.json() };
  };

  const page: PedidosyaOrderReads['page'] = async ({
    vendor,
    page: number = 1,
    pageSize = DEFAULT_PAGE_SIZE,
    ...window
  }) => {
    refuseBounds(window, pageSize, clock);
    const query = { ...windowQuery(window), page: number, page_size: pageSize };
    const answer = await call({ operation: 'orders.list', params: { vendor }, query });
    const read = listAnswer().safeParse(answer.json());
    if (!read.success) throw notUnderstood('orders.list', answer.status, 'There is no list under orders.');
    const orders = ordersIn(answer.text(), read.data.orders);
    if (orders === undefined)
      throw notUnderstood('orders.list', answer.status, 'orders occurs more than once.');
    // Without a number of pages, a page that is not full is the last.
    const last =
      read.data.total_pages == null
        ? orders.length < Math.min(pageSize, read.data.page_size ?? pageSize)
        : number >= read.data.total_pages;
    return { orders, page: number, last: last || orders.length === 0 };
  };

  return {
    get,
    page,
    async *list({ from, to, ...request }) {
      refuseBounds({ from, to: Math.min(to, from + 1) }, request.pageSize ?? DEFAULT_PAGE_SIZE, clock);
      for (const window of timeWindows({ from, to })) {
        for (let number = 1; number <= MAX_PAGES; number += 1) {
          const read = await page({ ...request, ...window, page: number });
          yield read;
          if (read.last) break;
        }
      }
    },
  };
}

function refuseBounds({ from, to }: TimeRange, pageSize: number, clock: Clock): void {
  const refuse = (detail: string) => failed({ operation: 'orders.list', kind: 'refused', detail });
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 500) {
    throw refuse('The page size must be 1 to 500.');
  }
  if (!(from < to)) throw refuse('The span must begin before it ends.');
  if (Math.floor(from / 1000) * 1000 < clock.now() - LOOKBACK_MS)
    throw refuse('PedidosYa keeps orders for 60 days; begin later.');
}

/**
 * The orders of a list, each with the bytes that the platform wrote for it; undefined where two lists leave open whose they are. Of few
 * orders anybody asks for the bytes, so they are looked for then.
 */
function ordersIn(text: string, entries: readonly unknown[]): ListedOrder[] | undefined {
  const slices = lazily(() => {
    const [list, ...more] = valuesOfKey(text, 'orders');
    return list === undefined || more.length > 0 ? [] : elementsAt(text, list.start);
  });
  if (!isWrittenOnce(text, 'orders') && slices().length !== entries.length) return undefined;
  return entries.map((json, index) => {
    const read = listedOrder().safeParse(json);
    const { order_id, status, sys } = read.success ? read.data : {};
    const changedAt = sys === undefined ? undefined : readIsoTime(sys.updated_at);
    return {
      ...(order_id === undefined ? {} : { orderId: order_id }),
      ...(changedAt === undefined ? {} : { changedAt: Date.parse(changedAt) }),
      status: status === undefined ? {} : { status },
      whole: {
        json,
        get bytes() {
          const slice = slices()[index];
          if (slice === undefined) throw new OwnError('a listed order is not where its list was read');
          return Buffer.from(text.slice(slice.start, slice.end), 'utf8');
        },
      },
    };
  });
}

/** Cuts a span of time into windows of at most 7 days, oldest first, without gap or overlap. */
export function timeWindows({ from, to }: TimeRange, longestMs: number = WINDOW_MS): TimeRange[] {
  const windows: TimeRange[] = [];
  for (let start = from; start < to; start += longestMs) {
    windows.push({ from: start, to: Math.min(start + longestMs, to) });
  }
  return windows;
}

/** The bounds as the platform takes them: UTC to the second, widened so that no millisecond is left out. */
export function windowQuery({ from, to }: TimeRange): { start_time: string; end_time: string } {
  const text = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19);
  return { start_time: text(Math.floor(from / 1000)), end_time: text(Math.ceil(to / 1000)) };
}
