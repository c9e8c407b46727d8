import * as z from 'zod';
import type { TimeRange } from '../../../functions/domain/time.ts';
import type { Failure } from '../../../functions/http/answer.ts';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { ApiCall, Send } from '../../../functions/platforms/calls.ts';
import { type BazaarHook, hookListJson, orderIdsJson, orderListJson, PATHS } from './api.ts';

export type BazaarClient = ReturnType<typeof createBazaarClient>;

type Call = Pick<ApiCall, 'operation'> &
  Partial<Pick<ApiCall, 'method' | 'destructive' | 'limit' | 'idempotent'>> & { json?: object };

/** Longest time a call may take, in ms. */
export const TIMEOUT_MS = 10_000;

/** The calls of one store. @throws PlatformError from each. */
export function createBazaarClient({ baseUrl }: { baseUrl: string }, send: Send) {
  const call = async (path: string, { json, method = 'GET', ...rest }: Call): Promise<Uint8Array> => {
    const { response, failure } = await send({
      timeoutMs: TIMEOUT_MS,
      idempotent: method !== 'POST',
      ...rest,
      method,
      url: `${baseUrl}${path}`,
      headers: (token) => ({
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      }),
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    if (failure !== undefined) throw refusal(rest.operation, response.status, failure);
    return response.body;
  };
  const read = async <T>(path: string, schema: z.ZodType<T>, about: Call): Promise<T> =>
    parseAs(schema, await call(path, about), about.operation);

  return {
    async order(id: string): Promise<{ json: unknown; bytes: Uint8Array }> {
      const operation = 'orders.get';
      const bytes = await call(PATHS.order(id), { operation });
      return { json: parseAs(z.unknown(), bytes, operation), bytes };
    },
    /** Cancelled twice is refused: the buyer is told each time. */
    cancel: (id: string) => call(PATHS.cancel(id), { operation: 'orders.cancel', method: 'POST' }),
    async *orders(by: string, { from, to }: TimeRange): AsyncGenerator<unknown[]> {
      let after: string | undefined;
      do {
        const query = new URLSearchParams({
          by,
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
        });
        if (after !== undefined) query.set('after', after);
        const page = await read(`${PATHS.orders}?${query}`, orderListJson, { operation: 'orders.list' });
        yield page.orders;
        after = page.next;
      } while (after !== undefined);
    },
    orderIds: async () => (await read(PATHS.orderIds, orderIdsJson, { operation: 'orders.ids' })).ids,
    newOrders: () => call(PATHS.newOrders, { operation: 'orders.new', method: 'POST', destructive: true }),
    /** Subscribing has a limit of its own. */
    hooks: {
      list: async () =>
        (await read(PATHS.hooks, hookListJson, { operation: 'hooks.list', limit: 'hooks' })).hooks,
      create: (hook: Omit<BazaarHook, 'id'>) =>
        call(PATHS.hooks, { operation: 'hooks.create', method: 'POST', limit: 'hooks', json: hook }),
      remove: ({ id }: BazaarHook) =>
        call(`${PATHS.hooks}/${id}`, { operation: 'hooks.remove', method: 'DELETE', limit: 'hooks' }),
    },
  };
}

/** The error of an answer that is no success. */
export const refusal = (operation: string, status: number, failure: Failure): PlatformError =>
  new PlatformError({ platform: 'bazaar', operation, status, ...failure });

/** @throws PlatformError of kind `invalid-response` */
export function parseAs<T>(schema: z.ZodType<T>, bytes: Uint8Array, operation: string): T {
  const read = schema.safeParse(jsonOf(bytes));
  if (read.success && jsonOf(bytes) !== undefined) return read.data;
  throw new PlatformError({ platform: 'bazaar', operation, kind: 'invalid-response', status: 200 });
}

/** Undefined where the bytes are not JSON. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
