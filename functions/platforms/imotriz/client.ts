import { isObject } from '../../domain/json-object.ts';
import { type Failure, parseJson, textOf } from '../../http/answer.ts';
import { PlatformError, type PlatformErrorDetails } from '../../http/errors.ts';
import type { ApiAnswer, CallContext, Connection } from '../calls.ts';
import { asList, listOf } from '../reading/forms.ts';
import { COUNTRIES } from './countries.ts';
import { ENDPOINTS, type Operation } from './endpoints.ts';
import { idText, readOrderId } from './page.ts';
import { apiSecret } from './secrets.ts';
import type { ImotrizStore } from './settings.ts';

export interface ImotrizClient {
  /**
   * Takes the next page of new orders: the answer's bytes, untouched. **Reading is destructive**: what the platform hands
   * out is marked as synchronised and does not come back (transactions guide), so the call is never repeated once it may
   * have arrived, and any 2xx is handed over as it is, whatever its body.
   *
   * @throws PlatformError; with `outcomeUnknown` a page may be lost and must be recovered by ids or by hand.
   */
  newOrders(): Promise<Uint8Array>;
  /**
   * Ids of the last 8 days or of the configured window, synchronised or not, without limit (transactions guide).
   * `unreadable` counts entries in which no id was found.
   *
   * @throws PlatformError, of kind `refused` while the path is not configured.
   */
  orderIds(): Promise<{ ids: string[]; unreadable: number }>;
  /**
   * One order by its id, within the window set in the store. The JSON is a record as in a page; the bytes are that record
   * alone, because what the answer wraps it in is not part of the order.
   *
   * @throws PlatformError, `not-found` outside the window, `refused` while the path is not configured.
   */
  order(id: string): Promise<{ json: unknown; bytes: Uint8Array }>;
  /** The answer of a call that takes nothing off the platform, as it is passed on for whoever asks for it. */
  through(operation: Exclude<Operation, 'orders.new'>, path: string): Promise<unknown>;
}

/** Where a person sets what iMotriz asks for, as its seller panel names it. */
const PANEL = 'Administrar Tienda > Configuración > Integración API';
const START_DATE_REMEDY = `The start date of the synchronisation is not set. In iMotriz open ${PANEL}, fill in "Sincronizar pedidos desde:" (at most 30 days back) and save; polling resumes by itself.`;
const TOKEN_REMEDY = `The token is refused; a newer one was probably generated. In iMotriz open ${PANEL}, generate a token with "Generar Nuevo Token" and put it into the secret; polling resumes by itself.`;

/** The client gives up after this, in ms. */
export const TIMEOUT_MS = 60_000;
// A page that was read but not kept is lost, so no page is too large to be kept; only the memory sets the bound.
const MAX_PAGE_BYTES = 64 * 1024 * 1024;

/** Makes the clients of the transactions API: raw token in `Authorization`, without `Bearer` (transactions guide). */
export function connectImotriz(
  settings: ImotrizStore,
  connection: Connection,
): (context: CallContext) => ImotrizClient {
  const { paths, idKeys } = settings;
  const baseUrl = settings.baseUrl ?? COUNTRIES[settings.country].baseUrl;
  // A new token kills the old one, so a refused one is read again past every cache.
  const tokens = connection.fixedToken(connection.secret('api', apiSecret), ({ token }) => token);

  return (context) => {
    const send = connection.sender(context, tokens);

    const get = async (operation: Operation, path: string): Promise<ApiAnswer['response']> => {
      const { method, idempotent } = ENDPOINTS[operation];
      const { response, failure } = await send({
        operation,
        method,
        idempotent,
        destructive: operation === 'orders.new',
        url: `${baseUrl}${path}`,
        headers: (token = '') => ({ 'Content-Type': 'application/json', Authorization: token }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_PAGE_BYTES,
      });
      if (failure !== undefined) throw errorOf(operation, response.status, failure);
      return response;
    };

    const getJson = async (operation: Operation, path: string): Promise<unknown> => {
      const { status, body } = await get(operation, path);
      try {
        return parseJson(textOf(body));
      } catch {
        const detail = `${body.byteLength} bytes that are not JSON.`;
        throw failed({ operation, kind: 'invalid-response', status, detail });
      }
    };

    return {
      newOrders: async () => (await get('orders.new', paths.newOrders)).body,

      async orderIds() {
        if (paths.orderIds === undefined) throw notConfigured('orders.ids', 'orderIds', '/api/...');
        const entries = listIn(await getJson('orders.ids', paths.orderIds));
        if (entries === undefined) {
          const detail = 'Neither a list nor an object with a list under data.';
          throw failed({ operation: 'orders.ids', kind: 'invalid-response', status: 200, detail });
        }
        const ids = entries.map((entry) => idText(entry) ?? readOrderId(entry, idKeys));
        const readable = ids.filter((id) => id !== undefined);
        return { ids: [...new Set(readable)], unreadable: ids.length - readable.length };
      },

      through: getJson,

      async order(id) {
        if (paths.order === undefined) throw notConfigured('orders.get', 'order', '/api/.../{id}');
        const path = paths.order.replaceAll('{id}', () => encodeURIComponent(id));
        const json = recordIn(await getJson('orders.get', path));
        return { json, bytes: Buffer.from(JSON.stringify(json), 'utf8') };
      },
    };
  };
}

function errorOf(operation: Operation, status: number, failure: Failure): PlatformError {
  const remedy = remedyFor(operation, status, failure.throttled) ?? failure.remedy;
  return failed({ operation, status, ...failure, ...(remedy === undefined ? {} : { remedy }) });
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

// The shape of these answers is not published. Pages wrap theirs in `data`, and write a list with gaps by number; so may these.
function listIn(json: unknown): unknown[] | undefined {
  const inside = isObject(json) && 'data' in json ? json.data : json;
  const list = asList(inside);
  return Array.isArray(list) ? list : undefined;
}

function recordIn(json: unknown): unknown {
  const inside = isObject(json) && !('order' in json) && 'data' in json ? json.data : json;
  const [one, ...others] = listOf(inside);
  return one === undefined || others.length > 0 ? inside : one;
}

function notConfigured(operation: Operation, setting: string, example: string): PlatformError {
  const remedy = `iMotriz does not publish this path. Read it off the API page of the seller panel and set imotriz.stores[].paths.${setting} (such as "${example}") in the merchant's configuration to turn this on.`;
  return failed({ operation, kind: 'refused', remedy });
}

function failed(details: Omit<PlatformErrorDetails, 'platform'>): PlatformError {
  return new PlatformError({ platform: 'imotriz', ...details });
}
