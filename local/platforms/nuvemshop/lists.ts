import type { SimRequest, SimResponse } from '../simulator.ts';
import { fail, notFound } from './errors.ts';
import { parseDate } from './formats.ts';

const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 200;

/** Parameters that every list understands. */
export const pagingParameters = ['page', 'per_page', 'fields'] as const;

/** Refuses a parameter that the list does not document, because the platform would silently not filter by it. */
export function onlyParameters(request: SimRequest, known: readonly string[]): void {
  const unknown = [...request.query.keys()].filter((key) => !known.includes(key));
  if (unknown.length > 0) throw fail(422, `Unknown parameter: ${unknown.join(', ')}`);
}

/**
 * One page of a list with `x-total-count` and `Link`. An empty list and a page past the end are
 * 404 `Last page is N`, as integrators observe.
 *
 * @param cap how many items the list gives at all; the page that reaches it is cut there, later ones are a 422.
 */
export function page<Item>(
  request: SimRequest,
  items: readonly Item[],
  render: (item: Item) => object,
  cap = Number.POSITIVE_INFINITY,
): SimResponse {
  const number = positive(request, 'page') ?? 1;
  const perPage = Math.min(positive(request, 'per_page') ?? DEFAULT_PER_PAGE, MAX_PER_PAGE);
  if ((number - 1) * perPage >= cap) {
    throw fail(422, `A query cannot return more than ${cap} items: narrow it by date`);
  }
  const last = Math.ceil(items.length / perPage);
  if (number > last) throw notFound(`Last page is ${last}`);
  const slice = items.slice((number - 1) * perPage, Math.min(number * perPage, cap));
  return {
    status: 200,
    headers: { 'x-total-count': String(items.length), ...linkHeader(request, number, last) },
    body: slice.map((item) => selectFields(request, render(item))),
  };
}

/** Leaves the fields that `fields=a,b` names; all of them without the parameter. */
export function selectFields(request: SimRequest, json: object): object {
  const requested = request.query.get('fields');
  if (requested === null || requested === '') return json;
  const names = requested.split(',').map((name) => name.trim());
  return Object.fromEntries(Object.entries(json).filter(([key]) => names.includes(key)));
}

/** A whole number of the query, at least 1; undefined when absent. Anything else is a 422. */
export function positive(request: SimRequest, name: string): number | undefined {
  const text = request.query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text) || Number(text) < 1) {
    throw fail(422, 'Validation error', { [name]: [`The ${name} must be at least 1.`] });
  }
  return Number(text);
}

/** A range check by `name_min` and `name_max`, dates inclusive to the second. */
export function dateRange(request: SimRequest, name: string): (ms: number) => boolean {
  const min = dateParameter(request, `${name}_min`);
  const max = dateParameter(request, `${name}_max`);
  return (ms) => {
    const second = Math.floor(ms / 1000) * 1000;
    return (min === undefined || second >= min) && (max === undefined || second <= max);
  };
}

function dateParameter(request: SimRequest, name: string): number | undefined {
  const text = request.query.get(name);
  if (text === null || text === '') return undefined;
  const ms = parseDate(text);
  if (ms === undefined) throw fail(422, 'Validation error', { [name]: [`The ${name} is not a valid date.`] });
  return ms;
}

/** One of a parameter's documented words; undefined when absent or `any`. Anything else is a 422. */
export function word(request: SimRequest, name: string, words: readonly string[]): string | undefined {
  const text = request.query.get(name);
  if (text === null || text === '' || text === 'any') return undefined;
  if (!words.includes(text)) {
    throw fail(422, 'Validation error', {
      [name]: [`The ${name} must be one of: any, ${words.join(', ')}.`],
    });
  }
  return text;
}

function linkHeader(request: SimRequest, number: number, last: number): Record<string, string> {
  const to = (target: number, rel: string) => {
    const query = new URLSearchParams(request.query);
    query.set('page', String(target));
    return `<${request.origin}${request.path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(number < last ? [to(number + 1, 'next'), to(last, 'last')] : []),
    ...(number > 1 ? [to(1, 'first'), to(number - 1, 'prev')] : []),
  ];
  return links.length === 0 ? {} : { link: links.join(', ') };
}
