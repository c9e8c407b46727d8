import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import type { AnswerHeaders } from '../../../http/answer.ts';
import { PlatformError, type PlatformErrorDetails } from '../../../http/errors.ts';
import type { HttpMethod } from '../../../http/transport.ts';
import { describe } from '../../reading/issue-texts.ts';
import type { Answer, Caller, Query } from './call.ts';

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
  /** A write that is not to be made twice, because it adds something or tells someone: it belongs into `createIdempotently`. */
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

/** Most items a page may have (Nuvemshop reference, introduction, pagination); the default of 30 would cost seven times the calls. */
export const PER_PAGE = 200;

/** One page of a list. An item that cannot be read never hides the others: it is named in `unreadable`. */
export interface Page<T> {
  items: T[];
  /** Paths and types, never values. */
  unreadable: string[];
  /** Items of the whole list, from `x-total-count`. */
  total?: number;
  /** The page before told of it, and it is past the end by now: the list changed while it was read. */
  gone?: true;
}

export interface Listing<S extends z.ZodType> {
  operation: string;
  path: string;
  query?: Query;
  item: S;
}

/** Characters; the header holds up to four addresses. */
const MAX_LINK = 8192;
const LAST_PAGE = /^last page is \d+/i;
const array = lazily(() => z.array(z.unknown()));

/**
 * The pages of a list, by the `Link` header as the reference asks. Where it is missing, by the total, and without that
 * until a page is not full. An empty list, and a page past the end, is a 404 whose description is "Last page is N": no failure.
 *
 * Only the query of the link is followed: host and path stay ours, because the token goes with the call.
 */
export async function* pages<S extends z.ZodType>(
  call: Caller,
  listing: Listing<S>,
): AsyncGenerator<Page<z.output<S>>, void, undefined> {
  const asked = new Set<string>();
  let query: Query | undefined = { per_page: PER_PAGE, page: 1, ...listing.query };
  let seen = 0;
  let previous: string | undefined;
  let promised = false;
  while (query !== undefined) {
    const answer = await askPage(call, listing, query);
    if (answer === undefined) {
      if (promised) yield { items: [], unreadable: [], gone: true };
      return;
    }
    const entries = read(array(), listing.operation, answer);
    // A list that does not page answers every page with the whole of it.
    const content = Buffer.from(answer.bytes).toString('base64');
    if (content === previous) return;
    previous = content;
    seen += entries.length;
    const total = totalOf(answer.headers);
    yield { ...sift(listing.item, entries), ...(total === undefined ? {} : { total }) };
    asked.add(JSON.stringify(query));
    query = nextQuery(answer.headers, query, { last: entries.length, seen, total });
    promised = total === undefined ? answer.headers.get('link') !== null : seen < total;
    if (query !== undefined && asked.has(JSON.stringify(query))) throw turnsInCircles(listing.operation);
  }
}

async function askPage(
  call: Caller,
  { operation, path }: Pick<Listing<z.ZodType>, 'operation' | 'path'>,
  query: Query,
): Promise<Answer | undefined> {
  try {
    return await call({ operation, method: 'GET', path, query });
  } catch (error) {
    if (isEmptyPage(error)) return undefined;
    throw error;
  }
}

/** Whether a failure says that a list, or the page of it that was asked for, is empty. */
export const isEmptyPage = (error: unknown): boolean =>
  error instanceof PlatformError && error.status === 404 && LAST_PAGE.test(error.said ?? '');

/** Reads entries one by one. */
export function sift<S extends z.ZodType>(
  item: S,
  entries: readonly unknown[],
): Pick<Page<z.output<S>>, 'items' | 'unreadable'> {
  const items: z.output<S>[] = [];
  const unreadable: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const reading = item.safeParse(entry);
    if (reading.success) items.push(reading.data);
    else unreadable.push(`[${index}] ${describe(reading.error.issues, item)}`);
  }
  return { items, unreadable };
}

function nextQuery(
  headers: AnswerHeaders,
  query: Query,
  so: { last: number; seen: number; total: number | undefined },
): Query | undefined {
  if (so.last === 0) return undefined;
  const link = headers.get('link');
  if (link !== null) {
    const next = nextLink(link);
    return next === undefined ? undefined : Object.fromEntries(new URL(next, 'https://link').searchParams);
  }
  const more = so.total === undefined ? so.last >= Number(query.per_page) : so.seen < so.total;
  return more ? { ...query, page: Number(query.page ?? 1) + 1 } : undefined;
}

/** The address of the next page in a `Link` header. No part of the expression runs over the beginning of the next link. */
const nextLink = (header: string): string | undefined =>
  /<([^<>]*)>\s*;[^,<]*\brel="?next"?/i.exec(header.slice(0, MAX_LINK))?.[1];

function totalOf(headers: AnswerHeaders): number | undefined {
  const text = headers.get('x-total-count');
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function turnsInCircles(operation: string): PlatformError {
  const detail = 'The link to the next page leads back to one that was read.';
  return failed({ operation, kind: 'invalid-response', detail });
}

/** All items of a list that is known to be small. @throws PlatformError `invalid-response` when one can't be read. */
export async function collect<T>(operation: string, list: AsyncIterable<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const { items, unreadable } of list) {
    if (unreadable.length > 0) {
      const detail = unreadable.slice(0, 3).join('; ');
      throw failed({ operation, kind: 'invalid-response', detail });
    }
    all.push(...items);
  }
  return all;
}

/**
 * What an answer says, through the schema of what is documented.
 *
 * @throws PlatformError of kind `invalid-response`; a write may have happened all the same.
 */
export function read<S extends z.ZodType>(
  schema: S,
  operation: string,
  answer: Pick<Answer, 'json' | 'status'>,
): z.output<S> {
  const reading = schema.safeParse(answer.json);
  if (reading.success) return reading.data;
  throw failed({
    operation,
    kind: 'invalid-response',
    status: answer.status,
    outcomeUnknown: true,
    detail: describe(reading.error.issues, schema),
  });
}

/**
 * What we are about to send, checked before it costs a call.
 *
 * @throws PlatformError of kind `refused`, without a status, naming the fields that are wrong.
 */
export function checked<S extends z.ZodType>(schema: S, operation: string, value: unknown): z.output<S> {
  const reading = schema.safeParse(value);
  if (reading.success) return reading.data;
  throw notSent(operation, `${describe(reading.error.issues)}.`);
}

/** An error of Nuvemshop's room. */
export function failed(details: Omit<PlatformErrorDetails, 'platform'>): PlatformError {
  return new PlatformError({ platform: 'nuvemshop', ...details });
}

/** The error for what Nuvemshop would not do, or would do wrongly: it is not asked. */
export function notSent(operation: string, detail: string, remedy?: string): PlatformError {
  return failed({
    operation,
    kind: 'refused',
    detail,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
