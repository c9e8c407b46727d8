import { classify } from '../../http/classify.ts';
import { PlatformError, type PlatformErrorDetails } from '../../http/errors.ts';
import { parseJson } from '../../http/json.ts';
import type { PlatformResponse, Transport } from '../../http/transport.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ImotrizSettings } from '../settings.ts';
import { COUNTRIES } from './countries.ts';
import { ENDPOINTS, type Operation } from './endpoints.ts';
import { type PageReading, readPage } from './page.ts';
import { idText, readOrderId } from './schema.ts';

/** What one destructive read brought. Store `bytes` before anything else is done with it. */
export interface NewOrdersAnswer {
  status: number;
  bytes: Uint8Array;
  /** Reads the bytes, when asked: they must be safe before anyone looks at them. */
  page(): PageReading;
}

/** What the platform says about our pace, for the shared bucket. */
export interface ImotrizFeedback {
  throttled: boolean;
  retryAfterMs?: number;
}

export interface ImotrizClientOptions {
  settings: ImotrizSettings;
  /** The token of "Integración API"; `fresh` asks past every cache, because a new token kills the old one. */
  token: (options?: { fresh: boolean }) => Promise<string>;
  transport: Transport;
  clock: Clock;
  onFeedback?: (feedback: ImotrizFeedback) => void | Promise<void>;
  /** Follows one run through its calls. */
  correlationId?: string;
}

export interface ImotrizClient {
  /** Which of the unpublished endpoints the configuration turned on. */
  readonly available: { orderIds: boolean; order: boolean };
  /**
   * Takes the next page of new orders. **Reading is destructive**: what the platform hands out is marked as synchronised
   * and does not come back (transactions guide), so the call is never repeated once it may have arrived, and any 2xx is
   * handed over as it is, whatever its body.
   *
   * @throws PlatformError; with `mayHaveHappened` a page may be lost and must be recovered by ids or by hand.
   */
  newOrders(): Promise<NewOrdersAnswer>;
  /**
   * Ids of the last 8 days or of the configured window, synchronised or not, without limit (transactions guide).
   * `unreadable` counts entries in which no id was found.
   *
   * @throws PlatformError, of kind `refused` while the path is not configured.
   */
  orderIds(): Promise<{ ids: string[]; unreadable: number }>;
  /**
   * One order by its id, within the window set in the store; the JSON is a record as in a page.
   *
   * @throws PlatformError, `not-found` outside the window, `refused` while the path is not configured.
   */
  order(id: string): Promise<{ bytes: Uint8Array; json: unknown }>;
}

/** Where a person sets what iMotriz asks for, as its seller panel names it. */
const PANEL = 'Administrar Tienda > Configuración > Integración API';
const START_DATE_REMEDY = `The start date of the synchronisation is not set. In iMotriz open ${PANEL}, fill in "Sincronizar pedidos desde:" (at most 30 days back) and save; polling resumes by itself.`;
const TOKEN_REMEDY = `The token is refused; a newer one was probably generated. In iMotriz open ${PANEL}, generate a token with "Generar Nuevo Token" and put it into the secret; polling resumes by itself.`;

const TIMEOUT_MS = 60_000;
// A page that was read but not kept is lost, so no page is too large to be kept; only the memory sets the bound.
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/** Makes the client of the transactions API: raw token in `Authorization`, without `Bearer` (transactions guide). */
export function createImotrizClient(options: ImotrizClientOptions): ImotrizClient {
  const { settings, clock } = options;
  const { paths } = settings;
  const baseUrl = settings.baseUrl ?? COUNTRIES[settings.country].baseUrl;

  const get = async (operation: Operation, path: string): Promise<PlatformResponse> => {
    const send = (token: string) =>
      options.transport({
        platform: 'imotriz',
        operation,
        method: ENDPOINTS[operation].method,
        url: `${baseUrl}${path}`,
        headers: { 'Content-Type': 'application/json', Authorization: token },
        timeoutMs: TIMEOUT_MS,
        idempotent: ENDPOINTS[operation].idempotent,
        maxBytes: MAX_PAGE_BYTES,
        ...(options.correlationId === undefined ? {} : { correlationId: options.correlationId }),
      });
    const token = await options.token();
    const answer = await send(token);
    if (answer.status !== 401) return answer;
    // Refused at the door, nothing was handed out: asking again with another token is safe even here.
    const fresh = await options.token({ fresh: true });
    return fresh === token ? answer : send(fresh);
  };

  const settle = async (operation: Operation, answer: PlatformResponse): Promise<void> => {
    const failure = classify(answer, clock.now());
    await options.onFeedback?.({
      throttled: failure?.throttled ?? false,
      ...(failure?.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    });
    if (failure === undefined) return;
    const remedy = remedyFor(operation, answer.status, failure.throttled) ?? failure.remedy;
    const { status } = answer;
    throw failed({ operation, status, ...failure, ...(remedy === undefined ? {} : { remedy }) });
  };

  const getJson = async (operation: Operation, path: string) => {
    const answer = await get(operation, path);
    await settle(operation, answer);
    try {
      return { bytes: answer.body, json: parseJson(new TextDecoder().decode(answer.body)) };
    } catch {
      const detail = `${answer.body.byteLength} bytes that are not JSON.`;
      throw failed({ operation, kind: 'invalid-response', status: answer.status, detail });
    }
  };

  return {
    available: { orderIds: paths.orderIds !== undefined, order: paths.order !== undefined },

    async newOrders() {
      const answer = await get('orders.new', paths.newOrders);
      const success = answer.status >= 200 && answer.status < 300;
      // A page for humans under 200 may be all that is left of a read: hand it over rather than throw it away.
      if (!success) await settle('orders.new', answer);
      return { status: answer.status, bytes: answer.body, page: () => readPage(answer.body) };
    },

    async orderIds() {
      if (paths.orderIds === undefined) throw notConfigured('orders.ids', 'orderIds', '/api/...');
      const { json } = await getJson('orders.ids', paths.orderIds);
      const entries = listIn(json);
      if (entries === undefined) {
        const detail = 'Neither a list nor an object with a list under data.';
        throw failed({ operation: 'orders.ids', kind: 'invalid-response', status: 200, detail });
      }
      const ids = entries.map((entry) => idText(entry) ?? readOrderId(entry, settings.idKeys));
      const readable = ids.filter((id) => id !== undefined);
      return { ids: [...new Set(readable)], unreadable: ids.length - readable.length };
    },

    async order(id) {
      if (paths.order === undefined) throw notConfigured('orders.get', 'order', '/api/.../{id}');
      const path = paths.order.replaceAll('{id}', () => encodeURIComponent(id));
      const { bytes, json } = await getJson('orders.get', path);
      return { bytes, json: recordIn(json) };
    },
  };
}

function remedyFor(operation: Operation, status: number, throttled: boolean): string | undefined {
  if (throttled) return undefined;
  if (status === 401) return TOKEN_REMEDY;
  if (status === 403) return START_DATE_REMEDY;
  if (status === 404 && operation === 'orders.get') {
    return 'The order is outside the window of "Sincronizar pedidos desde:", or does not exist.';
  }
  if (status === 404) return 'The path does not exist: compare it with the seller panel.';
  if (status === 500) return 'An unknown error inside iMotriz; if it stays, write to its support.';
  return undefined;
}

// The shape of these answers is not published; pages wrap theirs in `data`, so both forms are read.
function listIn(json: unknown): unknown[] | undefined {
  if (Array.isArray(json)) return json;
  const data = typeof json === 'object' && json !== null && 'data' in json ? json.data : undefined;
  return Array.isArray(data) ? data : undefined;
}

function recordIn(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || 'order' in json || !('data' in json)) return json;
  return Array.isArray(json.data) && json.data.length === 1 ? json.data[0] : json.data;
}

function notConfigured(operation: Operation, setting: string, example: string): PlatformError {
  const remedy = `iMotriz does not publish this path. Read it off the API page of the seller panel and set imotriz.paths.${setting} (such as "${example}") in the merchant's configuration to turn this on.`;
  return failed({ operation, kind: 'refused', remedy });
}

function failed(details: Omit<PlatformErrorDetails, 'platform'>): PlatformError {
  return new PlatformError({ platform: 'imotriz', ...details });
}
