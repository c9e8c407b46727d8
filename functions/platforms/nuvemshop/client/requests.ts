import type * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import type { HttpMethod } from '../../../http/transport.ts';
import type { Caller } from './call.ts';
import { type Page, pages } from './paging.ts';
import { read } from './read.ts';
import type { Query } from './url.ts';

/** The handful of forms that calls on a resource take. */
export interface Requests {
  get<S extends z.ZodType>(schema: S, operation: string, path: string, query?: Query): Promise<z.output<S>>;
  list<S extends z.ZodType>(
    item: S,
    operation: string,
    path: string,
    query?: Query,
  ): AsyncGenerator<Page<z.output<S>>, void, undefined>;
  /** A write that sets a state: made twice it is the same as made once. */
  put<S extends z.ZodType>(
    schema: S,
    operation: string,
    path: string,
    body: unknown,
    method?: 'PUT' | 'PATCH' | 'POST',
  ): Promise<z.output<S>>;
  /** A write that is not to be made twice, because it adds something or tells someone: it belongs into `writeOnce`. */
  post<S extends z.ZodType>(
    schema: S,
    operation: string,
    path: string,
    body: unknown,
    method?: 'POST' | 'PATCH',
  ): Promise<z.output<S>>;
  /** True when it was deleted now, false when it was not there: then it is as wanted, perhaps by an earlier try. */
  remove(operation: string, path: string): Promise<boolean>;
}

export function createRequests(call: Caller): Requests {
  const send = async <S extends z.ZodType>(
    schema: S,
    sent: {
      operation: string;
      method: HttpMethod;
      path: string;
      body?: unknown;
      query?: Query;
      idempotent?: boolean;
    },
  ) => read(schema, sent.operation, await call(sent));
  return {
    get: (schema, operation, path, query = {}) => send(schema, { operation, method: 'GET', path, query }),
    list: (item, operation, path, query = {}) => pages(call, { operation, path, query, item }),
    put: (schema, operation, path, body, method = 'PUT') =>
      send(schema, { operation, method, path, body, idempotent: true }),
    post: (schema, operation, path, body, method = 'POST') =>
      send(schema, { operation, method, path, body, idempotent: false }),
    async remove(operation, path) {
      try {
        await call({ operation, method: 'DELETE', path, idempotent: true, expectsJson: false });
        return true;
      } catch (error) {
        if (error instanceof PlatformError && error.kind === 'not-found') return false;
        throw error;
      }
    },
  };
}
