// @ts-check
import { retryAfterMs } from '../erp-pull/acopio.mjs';

/** The most orders that Tango takes in one batch. */
export const MOST_IN_BATCH = 25;
const TIMEOUT_MS = 60_000;
const USUAL_WAIT_MS = 30_000;

/**
 * What Tango said to a batch: a result for each order; or nothing was taken and it can be sent again after some time; or it
 * does not take the batch as it is.
 * @typedef {{ results: Map<string, { taken: boolean, why: string }> } | { againAfterMs: number, said: string } | { refused: string }} Sent
 */

/** Calls Tango Tiendas. @param {{ url: string, accessToken: string }} options */
export function createTango({ url, accessToken }) {
  const base = `${url.replace(/\/$/, '')}/api/Aperture/`;

  /** @param {string} path @param {unknown} [body] */
  async function ask(path, body) {
    try {
      const response = await fetch(`${base}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { accesstoken: accessToken, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        // The token would travel along.
        redirect: 'manual',
      });
      const text = await response.text();
      const retryAfter = retryAfterMs(response.headers.get('retry-after'));
      return { status: response.status, retryAfter, answer: jsonOf(text) };
    } catch {
      // Tango may have taken it. The same order once more is the same order.
      return { status: 0, retryAfter: undefined, answer: undefined };
    }
  }

  return {
    /**
     * Sends up to 25 orders. One that is there already is changed to what is sent now.
     * @param {Record<string, unknown>[]} orders
     * @returns {Promise<Sent>}
     */
    async send(orders) {
      const { status, retryAfter, answer } = await ask('order/batch', { OrderBatch: orders });
      const results = answer?.Data?.Results;
      if (status >= 200 && status < 300 && Array.isArray(results)) {
        const read = results.map(
          (one) =>
            /** @type {const} */ ([
              String(one.OrderID),
              {
                taken: one.Inprocess === true,
                why: String(one.ValidationException ?? 'Tango does not say why'),
              },
            ]),
        );
        return { results: new Map(read) };
      }
      const said = `HTTP ${status}${answer?.Message === undefined ? '' : `, ${String(answer.Message).trim()}`}`;
      // A wrong access token is for a person to put right; no order is to blame.
      const denied = status === 401 || status === 403 || /invalid accesstoken/i.test(said);
      if (!denied && status >= 400 && status < 500 && status !== 408 && status !== 429)
        return { refused: said };
      return { againAfterMs: retryAfter ?? USUAL_WAIT_MS, said: status === 0 ? 'no answer' : said };
    },
    /**
     * How orders stand at Tango; none of it when it does not say now.
     * @param {string[]} ids
     * @returns {Promise<{ id: string, status: string }[]>}
     */
    async look(ids) {
      const list = encodeURIComponent(JSON.stringify(ids));
      const { answer } = await ask(`order?pageSize=500&pageNumber=1&OrderId=${list}`);
      /** @type {unknown[]} */
      const found = Array.isArray(answer?.Data) ? answer.Data : [];
      return found.map((one) => {
        const { OrderID, Status } = /** @type {Record<string, unknown>} */ (one);
        return { id: String(OrderID), status: String(Status) };
      });
    },
  };
}

/** @typedef {ReturnType<typeof createTango>} Tango */

/** @param {string} text */
function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
