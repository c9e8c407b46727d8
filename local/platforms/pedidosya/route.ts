import type * as z from 'zod';
import type { SimRoute } from '../shared/routes.ts';
import type { SimRequest, SimResponse } from '../simulator.ts';
import { problem } from './problems.ts';
import { type PedidosYaState, type Store, storeByPathId } from './state.ts';

/** A route of the simulated platform. */
export type PedidosYaRoute = SimRoute<PedidosYaState>;

/** What a handler got instead of what it needs. */
export type Refusal = { refusal: SimResponse };

/** True when a step refused the call. */
export function isRefusal(value: object): value is Refusal {
  return 'refusal' in value;
}

/** Reads a JSON body by a strict schema; 415 without the content type, 400 for anything wrong in it. */
export function readJson<T>(request: SimRequest, schema: z.ZodType<T>): { value: T } | Refusal {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    return { refusal: problem(415, 'UNSUPPORTED_MEDIA_TYPE', 'Content-Type must be application/json') };
  }
  let input: unknown;
  try {
    input = JSON.parse(request.body.toString('utf8'));
  } catch {
    return { refusal: problem(400, 'INVALID_JSON', 'The body is not valid JSON') };
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return { value: parsed.data };
  const message = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  return { refusal: problem(400, 'VALIDATION_ERROR', message) };
}

/** The store that a path names, or 404. */
export function readStore(request: SimRequest, state: PedidosYaState): { store: Store } | Refusal {
  const store = storeByPathId(state, request.params.vendor_id ?? '');
  return store === undefined
    ? { refusal: problem(404, 'VENDOR_NOT_FOUND', 'No such vendor in this chain') }
    : { store };
}

/** Page and size of a list. Pages count from 1; a page past the end is empty. */
export interface Paging {
  page: number;
  pageSize: number;
}

/** Reads `page` (from 1) and `page_size` (1 to 500); 400 outside. Other parameters are ignored, as really seen. */
export function readPaging(query: URLSearchParams, defaultSize: number): Paging | Refusal {
  const page = wholeNumber(query.get('page') ?? '1');
  const pageSize = wholeNumber(query.get('page_size') ?? String(defaultSize));
  if (page === undefined || page < 1) {
    return { refusal: problem(400, 'INVALID_PAGE', 'page must be a whole number from 1') };
  }
  if (pageSize === undefined || pageSize < 1 || pageSize > 500) {
    return { refusal: problem(400, 'INVALID_PAGE_SIZE', 'page_size must be a whole number from 1 to 500') };
  }
  return { page, pageSize };
}

/** One page of a list under its name, with the numbers that belong to it. */
export function paged(name: string, list: readonly unknown[], { page, pageSize }: Paging): SimResponse {
  const body = {
    [name]: list.slice((page - 1) * pageSize, page * pageSize),
    page_number: page,
    page_size: pageSize,
    total_pages: Math.ceil(list.length / pageSize),
  };
  return { status: 200, body };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
