// @ts-check
// A Tango Tiendas that knows what the adapter uses: node simulator.mjs [PORT] [CALLBACK_URL]
import { createServer } from 'node:http';

const MOST_IN_BATCH = 25;
const OLDEST_MS = 30 * 24 * 3600 * 1000;
const NEEDED = [
  'OrderID',
  'OrderNumber',
  'Date',
  'Total',
  'Customer',
  'OrderItems',
  'ValidateTotalWithPaidTotal',
];
const NEEDED_OF_CUSTOMER = ['CustomerID', 'DocumentType', 'User', 'Email', 'ProvinceCode', 'IVACategoryCode'];
const NEEDED_OF_ITEM = ['ProductCode', 'Description', 'Quantity', 'UnitPrice'];

/**
 * What Tango does to the next batch: `429` or `500` before anything is taken; `400` for the batch as a whole; `lost`, it is
 * taken and nobody hears of it.
 * @typedef {429 | 500 | 400 | 'lost'} Fault
 */
/** @typedef {{ OrderID: string, posts: number, status: string, order: Record<string, any> }} Stored */

/** @param {{ accessToken: string, callbackUrl?: string }} options */
export function createTangoSimulator({ accessToken, callbackUrl }) {
  /** @type {Map<string, Stored>} */
  const orders = new Map();
  const world = {
    orders,
    /** Sizes of the batches that came. @type {number[]} */
    batches: [],
    /** @type {Fault[]} */
    faults: [],
    /** Why an order is refused, by its id. @type {Map<string, string>} */
    refuse: new Map(),
    /** Called when a batch was taken and before it is answered. @type {() => void} */
    onTaken: () => {},
    callbackUrl,
    /**
     * Calls back as Tango does. Answers the status.
     * @param {string} Topic @param {string} Resource @param {string} [Message]
     */
    async callBack(Topic, Resource, Message = '') {
      const stored = orders.get(Resource);
      if (stored !== undefined) stored.status = STATUS[Topic] ?? stored.status;
      const response = await fetch(world.callbackUrl ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ Topic, Resource, Message }),
      });
      return response.status;
    },
    server: createServer(async (request, response) => {
      /** @param {number} status @param {object} body @param {Record<string, string>} [headers] */
      const answer = (status, body, headers = {}) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(body));
      if (request.headers.accesstoken !== accessToken)
        return answer(200, { Status: 1, Message: 'Invalid AccessToken ', Data: null, isOk: false });
      const url = new URL(request.url ?? '/', 'http://tango');
      if (request.method === 'GET') return answer(200, listed(url.searchParams.get('OrderId') ?? ''));
      const fault = world.faults.shift();
      if (fault === 429) return answer(429, { Message: 'Too many requests' }, { 'retry-after': '1' });
      if (fault === 500) return answer(500, {});
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
      const batch = body.OrderBatch;
      world.batches.push(batch.length);
      if (fault === 400 || batch.length > MOST_IN_BATCH) return answer(400, { Message: 'Bad batch' });
      const Results = batch.map(take);
      world.onTaken();
      if (fault === 'lost') return response.destroy();
      return answer(200, {
        Status: 0,
        Message: 'batch processed',
        Data: { Results },
        isOk: Results.every((/** @type {{ Inprocess: boolean }} */ { Inprocess }) => Inprocess),
      });
    }),
  };

  /** @param {Record<string, any>} order */
  function take(order) {
    const OrderID = String(order.OrderID);
    const why = world.refuse.get(OrderID) ?? mistakeIn(order);
    if (why !== undefined) return { OrderID, Inprocess: false, ValidationException: why };
    const before = orders.get(OrderID);
    const status = order.CancelOrder === true ? 'CANCELADA' : (before?.status ?? 'PENDIENTE');
    orders.set(OrderID, { OrderID, posts: (before?.posts ?? 0) + 1, status, order });
    return { OrderID, Inprocess: true };
  }

  /** @param {string} ids */
  function listed(ids) {
    const wanted = new Set(JSON.parse(ids).map(String));
    const found = [...orders.values()].filter(({ OrderID }) => wanted.has(OrderID));
    return {
      Paging: { PageNumber: 1, PageSize: 500, MoreData: false },
      Data: found.map(({ OrderID, status, order }) => ({ OrderID, Date: order.Date, Status: status })),
      PagingError: null,
    };
  }
  return world;
}

/** @type {Readonly<Record<string, string>>} */
const STATUS = { OrderProcessed: 'EN PROCESO', OrderBilled: 'FINALIZADA', OrderRejected: 'RECHAZADA' };

/** What Tango says to an order that it does not take. @param {Record<string, any>} order */
function mistakeIn(order) {
  const missing = [
    ...absent(order, NEEDED),
    ...absent(order.Customer ?? {}, NEEDED_OF_CUSTOMER),
    ...(order.OrderItems ?? []).flatMap((/** @type {object} */ item) => absent(item, NEEDED_OF_ITEM)),
  ];
  if (missing.length > 0) return `Missing: ${missing.join(', ')}`;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(order.Date)) return 'Invalid date';
  if (Date.parse(`${order.Date}-03:00`) < Date.now() - OLDEST_MS) return 'Order date is too old';
  if (order.CancelOrder === true && !(order.CancelDate >= order.Date)) return 'CancelDate is required';
  const paid = (order.CashPayments ?? []).reduce(
    (/** @type {number} */ sum, /** @type {{ PaymentTotal: number }} */ one) => sum + one.PaymentTotal,
    0,
  );
  if (paid !== (order.PaidTotal ?? 0)) return "Paid total doesn't add up.";
  const goods = order.OrderItems.reduce(
    (
      /** @type {number} */ sum,
      /** @type {{ Quantity: number, UnitPrice: number }} */ { Quantity, UnitPrice },
    ) => sum + Quantity * UnitPrice,
    0,
  );
  const { Shipping: { ShippingCost = 0 } = {}, FinancialSurcharge = 0, TotalDiscount = 0 } = order;
  const sum = goods + ShippingCost + FinancialSurcharge - TotalDiscount;
  const isRight = Math.abs(sum - order.Total) < 0.005 || order.ValidateTotalWithItems === false;
  return isRight ? undefined : "Order total doesn't add up.";
}

/** @param {Record<string, any>} given @param {readonly string[]} names */
const absent = (given, names) => names.filter((name) => given[name] === undefined || given[name] === '');

if (process.argv[1] === import.meta.filename) {
  const [port = '8090', callbackUrl] = process.argv.slice(2);
  const tango = createTangoSimulator({
    accessToken: process.env.TANGO_ACCESS_TOKEN ?? 'local',
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
  });
  // An order is processed a second after it was taken.
  tango.onTaken = () => {
    for (const { OrderID, status } of tango.orders.values())
      if (status === 'PENDIENTE' && callbackUrl !== undefined)
        setTimeout(() => tango.callBack('OrderProcessed', OrderID).catch(() => {}), 1_000);
  };
  tango.server.listen(Number(port), '127.0.0.1');
  console.error(`Tango is simulated at http://127.0.0.1:${port}`);
}
