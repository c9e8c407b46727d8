import * as z from 'zod';
import { PlatformError } from '../../../http/errors.ts';
import { describe } from '../../reading/tolerant-reader.ts';
import type { Answer, Caller } from './call.ts';
import { read } from './read.ts';
import type { Query } from './url.ts';

/** Most items a page may have (Nuvemshop reference, introduction, pagination); the default of 30 would cost seven times the calls. */
export const PER_PAGE = 200;

/** One page of a list. An item that cannot be read never hides the others: it is named in `unreadable`. */
export interface Page<T> {
  items: T[];
  /** Paths and types, never values. */
  unreadable: string[];
  /** Items of the whole list, from `x-total-count`. */
  total?: number;
}

export interface Listing<S extends z.ZodType> {
  operation: string;
  path: string;
  query?: Query;
  item: S;
}

const LAST_PAGE = /^last page is \d+/i;
const array = z.array(z.unknown());

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
  let query: Query | undefined = { per_page: PER_PAGE, ...listing.query, page: 1 };
  let seen = 0;
  let previous: string | undefined;
  while (query !== undefined) {
    const answer = await askPage(call, listing, query);
    if (answer === undefined) return;
    const entries = read(array, listing.operation, answer);
    // A list that does not page answers every page with the whole of it.
    const content = Buffer.from(answer.bytes).toString('base64');
    if (content === previous) return;
    previous = content;
    seen += entries.length;
    const total = totalOf(answer.headers);
    yield { ...sift(listing.item, entries), ...(total === undefined ? {} : { total }) };
    asked.add(JSON.stringify(query));
    query = nextQuery(answer.headers, query, { last: entries.length, seen, total });
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
    const isEmpty =
      error instanceof PlatformError && error.status === 404 && LAST_PAGE.test(error.detail ?? '');
    if (isEmpty) return undefined;
    throw error;
  }
}

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
    else unreadable.push(`[${index}] ${describe(reading.error.issues)}`);
  }
  return { items, unreadable };
}

function nextQuery(
  headers: Headers,
  query: Query,
  read: { last: number; seen: number; total: number | undefined },
): Query | undefined {
  if (read.last === 0) return undefined;
  const link = headers.get('link');
  if (link !== null) {
    const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link)?.[1];
    return next === undefined ? undefined : Object.fromEntries(new URL(next, 'https://link').searchParams);
  }
  const more = read.total === undefined ? read.last >= Number(query.per_page) : read.seen < read.total;
  return more ? { ...query, page: Number(query.page) + 1 } : undefined;
}

function totalOf(headers: Headers): number | undefined {
  const text = headers.get('x-total-count');
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function turnsInCircles(operation: string): PlatformError {
  const detail = 'The link to the next page leads back to one that was read.';
  return new PlatformError({ platform: 'nuvemshop', operation, kind: 'invalid-response', detail });
}

/** All items of a list that is known to be small. @throws PlatformError `not-understood` when one can't be read. */
export async function collect<T>(operation: string, list: AsyncIterable<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const { items, unreadable } of list) {
    if (unreadable.length > 0) {
      const detail = unreadable.slice(0, 3).join('; ');
      throw new PlatformError({ platform: 'nuvemshop', operation, kind: 'invalid-response', detail });
    }
    all.push(...items);
  }
  return all;
}
