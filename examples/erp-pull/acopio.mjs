// @ts-check
import { setTimeout as wait } from 'node:timers/promises';

/**
 * An event says that an order changed, and nothing of what is in it.
 * @typedef {{ seq: number, id: string, type: string, at: string, key: string, version: number }} Event
 */
/**
 * An order as the API shows it: GET /v1/openapi.json has every field.
 * @typedef {{ id: string, version: number, order?: Record<string, any>, personal?: Record<string, any>, erasedAt?: string }} Order
 */

/** The API answered that it does not do this, and will not when it is asked again. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, detail?: string }} problem
   */
  constructor(status, problem) {
    super(`${problem.code ?? `HTTP ${status}`}: ${problem.detail ?? ''}`);
    this.status = status;
    this.code = problem.code;
  }
}

/** 0 stands for no answer. Whatever was asked may have been done; asking again changes nothing. */
const ASK_AGAIN = new Set([0, 408, 425, 429, 500, 502, 503, 504]);
const TIMEOUT_MS = 30_000;
const LONGEST_WAIT_MS = 300_000;

/**
 * Calls Acopio's API. While it does not answer, or is asked too often, a call waits and asks again: as long as the answer
 * says (Retry-After), else twice as long each time.
 *
 * @param {{ url: string, token: string, say?: (text: string) => void }} options
 */
export function createAcopio({ url, token, say = () => {} }) {
  /** @param {string} path @param {unknown} [body] */
  async function ask(path, body) {
    for (let failures = 0; ; failures += 1) {
      const { status, retryAfter, answer } = await once(path, body);
      if (status >= 200 && status < 300) return answer;
      if (!ASK_AGAIN.has(status)) throw new Refused(status, answer ?? {});
      const waitMs = retryAfter ?? Math.min(60_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
      say(
        `${path.split('?')[0]}: ${status === 0 ? 'no answer' : `HTTP ${status}`}; again in ${Math.ceil(waitMs / 1000)} s`,
      );
      await wait(Math.min(LONGEST_WAIT_MS, waitMs));
    }
  }

  /** @param {string} path @param {unknown} body */
  async function once(path, body) {
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        // The token would travel along.
        redirect: 'manual',
      });
      const text = await response.text();
      const answer = parsed(text);
      // A 2xx that is cut off is no answer.
      const status = response.ok && answer === undefined ? 0 : response.status;
      return { status, retryAfter: retryAfterMs(response.headers.get('retry-after')), answer };
    } catch {
      return { status: 0, retryAfter: undefined, answer: undefined };
    }
  }

  return {
    /**
     * @param {string} after a cursor, or `head`
     * @returns {Promise<{ items: Event[], next: string, behind: number }>}
     */
    events: (after) => ask(`/v1/events?limit=100&after=${encodeURIComponent(after)}`),
    /**
     * @param {string | undefined} cursor
     * @returns {Promise<{ items: Order[], next?: string }>}
     */
    orders: (cursor) =>
      ask(`/v1/orders?limit=100${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`),
    /**
     * The order as it is now; undefined when there is none (any more).
     * @param {string} id
     * @returns {Promise<Order | undefined>}
     */
    async order(id) {
      try {
        return await ask(`/v1/orders/${encodeURIComponent(id)}`);
      } catch (error) {
        if (error instanceof Refused && error.status === 404) return undefined;
        throw error;
      }
    },
    /**
     * Says that your system has this version of the order. Saying it again changes nothing.
     * @param {string} id
     * @param {{ erpId: string, version: number, stockBookedAt?: string }} acknowledgement
     * @returns {Promise<unknown>}
     */
    acknowledge: (id, acknowledgement) =>
      ask(`/v1/orders/${encodeURIComponent(id)}/acknowledge`, acknowledgement),
  };
}

/** @typedef {ReturnType<typeof createAcopio>} Acopio */

/** @param {string | null} header seconds, or a date */
export function retryAfterMs(header) {
  if (header === null || header.trim() === '') return undefined;
  const ms = Number.isFinite(Number(header)) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
