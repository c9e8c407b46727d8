import type { Clock } from '../../../functions/runtime/clock.ts';
import { type BazaarHook, type BazaarOrder, hookJson, PATHS, tokenRequestJson } from './api.ts';

/** One call that reached the platform. */
export interface BazaarCall {
  at: number;
  method: string;
  path: string;
  token: string | undefined;
  body: string;
  status: number;
}

interface Trouble {
  path: RegExp;
  times: number;
  answer: { status: number; headers?: Record<string, string>; body?: string } | Error;
  /** The platform acts before the answer is lost. */
  after: boolean;
}

const PAGE = 50;
const HANDED_OUT_AT_ONCE = 3;

/** Bazaar itself, in process: it serves the API of `api.ts` by its `fetch`, on the clock it is given. */
export function createBazaarShop(clock: Pick<Clock, 'now'>) {
  let serial = 0;
  const orders = new Map<string, { json: BazaarOrder; placed: number; handedOut: boolean }>();
  const tokens = new Map<string, { accessToken: string; refreshToken: string }>();
  const codes = new Map<string, string>();
  const hooks: BazaarHook[] = [];
  const calls: BazaarCall[] = [];
  const troubles: Trouble[] = [];
  const options = { expiresIn: undefined as number | undefined, headers: {} as Record<string, string> };
  const next = (prefix: string): string => {
    serial += 1;
    return `${prefix}-${serial}`;
  };
  const iso = () => new Date(clock.now()).toISOString();

  const grant = (shop: string) => {
    const made = { accessToken: next(`access-${shop}`), refreshToken: next(`refresh-${shop}`) };
    tokens.set(shop, made);
    return made;
  };

  const answerToken = (body: string): { status: number; json: object } => {
    const { code, refreshToken } = tokenRequestJson.parse(JSON.parse(body));
    const shop =
      code === undefined
        ? [...tokens].find(([, one]) => one.refreshToken === refreshToken)?.[0]
        : codes.get(code);
    if (code !== undefined) codes.delete(code);
    if (shop === undefined) return { status: 400, json: { error: 'invalid_grant' } };
    const { expiresIn } = options;
    return { status: 200, json: { shop, ...grant(shop), scopes: ['orders'], expiresIn } };
  };

  const list = (shop: string, query: URLSearchParams) => {
    const [from = 0, to = 0] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? ''));
    const timeOf = ({ json, placed }: { json: BazaarOrder; placed: number }) =>
      query.get('by') === 'placed' ? placed : Date.parse(json.updated);
    const found = [...orders.values()]
      .filter((one) => one.json.shop === shop && timeOf(one) >= from && timeOf(one) <= to)
      .map(({ json }) => json);
    const begin = Number(query.get('after') ?? 0);
    const rest = begin + PAGE < found.length ? { next: String(begin + PAGE) } : {};
    return { orders: found.slice(begin, begin + PAGE), ...rest };
  };

  const handOut = (shop: string) => {
    const waiting = [...orders.values()].filter(({ json, handedOut }) => json.shop === shop && !handedOut);
    const page = waiting.slice(0, HANDED_OUT_AT_ONCE);
    for (const one of page) one.handedOut = true;
    return { orders: page.map(({ json }) => json), left: waiting.length - page.length };
  };

  const answerHooks = (method: string, path: string, body: string): { status: number; json: object } => {
    if (method === 'GET') return { status: 200, json: { hooks } };
    if (method === 'POST')
      hooks.push({ ...hookJson.omit({ id: true }).parse(JSON.parse(body)), id: next('hook') });
    else {
      const at = hooks.findIndex(({ id }) => path === `${PATHS.hooks}/${id}`);
      if (at < 0) return { status: 404, json: {} };
      hooks.splice(at, 1);
    }
    return { status: 200, json: {} };
  };

  const answer = (method: string, url: URL, token: string | undefined, body: string) => {
    const { pathname: path } = url;
    if (path === PATHS.token) return answerToken(body);
    const shop = [...tokens].find(([, one]) => one.accessToken === token)?.[0];
    if (shop === undefined) return { status: 401, json: { error: 'token' } };
    if (path === PATHS.orders) return { status: 200, json: list(shop, url.searchParams) };
    if (path === PATHS.newOrders) return { status: 200, json: handOut(shop) };
    if (path.startsWith(PATHS.hooks)) return answerHooks(method, path, body);
    const mine = [...orders.values()].filter(({ json }) => json.shop === shop);
    if (path === PATHS.orderIds) return { status: 200, json: { ids: mine.map(({ json }) => json.id) } };
    const cancelled = mine.find(({ json }) => method === 'POST' && path === PATHS.cancel(json.id));
    if (cancelled !== undefined) {
      if (['done', 'cancelled'].includes(cancelled.json.status)) return { status: 409, json: {} };
      cancelled.json = { ...cancelled.json, status: 'cancelled', updated: iso() };
      return { status: 200, json: cancelled.json };
    }
    const order = mine.find(({ json }) => path === PATHS.order(json.id));
    return order === undefined ? { status: 404, json: {} } : { status: 200, json: order.json };
  };

  const troubleOf = (path: string): Trouble | undefined => {
    const found = troubles.find((one) => one.times > 0 && one.path.test(path));
    if (found !== undefined) found.times -= 1;
    return found;
  };

  return {
    calls,
    hooks,
    options,
    /** Of one kind of call, or of all. */
    callsTo: (path: RegExp) => calls.filter((call) => path.test(call.path)),
    fetch: async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
      const url = new URL(String(input));
      const token = /^Bearer (.*)$/.exec(new Headers(init.headers).get('authorization') ?? '')?.[1];
      const method = init.method ?? 'GET';
      const body = typeof init.body === 'string' ? init.body : '';
      const call = { at: clock.now(), method, path: url.pathname, token, body };
      const trouble = troubleOf(url.pathname);
      const good = trouble === undefined || trouble.after ? answer(method, url, token, body) : undefined;
      if (trouble?.answer instanceof Error) {
        calls.push({ ...call, status: 0 });
        throw trouble.answer;
      }
      const status = trouble?.answer.status ?? good?.status ?? 500;
      calls.push({ ...call, status });
      const text = trouble?.answer.body ?? JSON.stringify(good?.json ?? { error: 'trouble' });
      const headers = { 'content-type': 'application/json', ...options.headers, ...trouble?.answer.headers };
      return new Response(text, { status, headers });
    },
    /** Answers the next `times` calls whose path matches in another way; they change nothing unless `after` says so. */
    trouble(path: RegExp, answer: Trouble['answer'], { times = 1, after = false } = {}) {
      troubles.push({ path, times, answer, after });
    },
    /** The connection breaks: what the platform did with the call is not known. */
    broken: () => Object.assign(new TypeError('fetch failed'), { cause: coded('ETIMEDOUT') }),
    /** The platform was never reached, and cannot have acted. */
    unreachable: () => Object.assign(new TypeError('fetch failed'), { cause: coded('ECONNREFUSED') }),
    /** Lets the app into a shop with new tokens; those before are worth nothing. */
    grant,
    /** No token of the shop is good any more, also none to refresh with. */
    revoke: (shop: string) => void tokens.delete(shop),
    tokensOf: (shop: string) => tokens.get(shop),
    /** A merchant agrees: a code that is good once. */
    agree(shop: string): string {
      const code = next('code');
      codes.set(code, shop);
      return code;
    },
    place(shop: string, change: Partial<BazaarOrder> = {}): BazaarOrder {
      const json: BazaarOrder = {
        id: next('o'),
        shop,
        status: 'placed',
        total: 1250,
        updated: iso(),
        buyer: { name: 'Invented Person', email: 'invented@example.com' },
        ...change,
      };
      orders.set(json.id, { json, placed: clock.now(), handedOut: false });
      return json;
    },
    /** The order changes now. */
    change(id: string, change: Partial<BazaarOrder>): BazaarOrder {
      const order = orders.get(id);
      if (order === undefined) throw new Error(`there is no order ${id}`);
      order.json = { ...order.json, updated: iso(), ...change };
      return order.json;
    },
    order: (id: string): BazaarOrder | undefined => orders.get(id)?.json,
    /** Every order, the oldest first. */
    orders: (): BazaarOrder[] => [...orders.values()].map(({ json }) => json),
    /** Ids of the orders of a shop that were. */
    handedOut: (shop: string): string[] =>
      [...orders.values()].flatMap(({ json, handedOut }) =>
        json.shop === shop && handedOut ? [json.id] : [],
      ),
    /** Orders of a shop that were not handed out yet. */
    unread: (shop: string): number =>
      [...orders.values()].filter(({ json, handedOut }) => json.shop === shop && !handedOut).length,
  };
}
export type BazaarShop = ReturnType<typeof createBazaarShop>;

const coded = (code: string) => Object.assign(new Error(code), { code });
