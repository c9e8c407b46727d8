import { decodePath, type RouteMatch } from './event.ts';

/** A route of an HTTP API with what it leads to. */
export interface Route<T> {
  routeKey: string;
  target: T;
}

/** One segment of a route's path: a text, or a variable, which may be greedy. */
type Segment = { text: string } | { variable: string; greedy: boolean };
interface Parsed {
  method: string;
  /** Undefined: `$default`. */
  segments: readonly Segment[] | undefined;
}

/**
 * Finds the route of a request: a full path wins over a path with variables, that over a greedy variable, a text over a
 * variable in the same place, and a method over `ANY`; `$default` takes the rest. The path is matched as it was sent and
 * its variables are decoded. (API Gateway guide, "Create routes for HTTP APIs".)
 */
export function findRoute<T>(
  routes: readonly Route<T>[],
  method: string,
  path: string,
): { match: RouteMatch; target: T } | undefined {
  const found = routes
    .map((route) => ({ route, parsed: parse(route.routeKey) }))
    .filter(({ parsed }) => parsed.method === 'ANY' || parsed.method === method)
    .map(({ route, parsed }) => ({ route, parsed, variables: matchPath(parsed, path) }))
    .filter(({ variables }) => variables !== undefined)
    .sort((one, other) => compare(rank(one.parsed), rank(other.parsed)))[0];
  if (!found) return undefined;
  const pathParameters = found.variables ?? {};
  return {
    match: {
      routeKey: found.route.routeKey,
      ...(Object.keys(pathParameters).length > 0 ? { pathParameters } : {}),
    },
    target: found.route.target,
  };
}

const parsed = new Map<string, Parsed>();

function parse(routeKey: string): Parsed {
  const known = parsed.get(routeKey);
  if (known) return known;
  const [method = '', path = ''] = routeKey.split(' ');
  const read: Parsed =
    routeKey === '$default'
      ? { method: 'ANY', segments: undefined }
      : { method, segments: path.split('/').map(parseSegment) };
  parsed.set(routeKey, read);
  return read;
}

function parseSegment(text: string): Segment {
  const [, variable, plus] = text.match(/^\{(.+?)(\+?)\}$/) ?? [];
  return variable === undefined ? { text } : { variable, greedy: plus === '+' };
}

/** Figures of which the first that differs decides; the lower one is the more particular route. */
function rank({ method, segments }: Parsed): number[] {
  const anyMethod = method === 'ANY' ? 1 : 0;
  if (!segments) return [3, anyMethod];
  const kinds = segments.map((segment) => ('text' in segment ? 0 : segment.greedy ? 2 : 1));
  return [Math.max(...kinds), ...kinds, anyMethod];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((figure, index) => figure !== other[index]);
  return place === -1 ? 0 : (one[place] ?? 0) - (other[place] ?? 0);
}

function matchPath({ segments }: Parsed, path: string): Record<string, string> | undefined {
  if (!segments) return {};
  const actual = path.split('/');
  const variables: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = actual[index];
    if ('text' in segment) {
      if (value !== segment.text) return undefined;
      continue;
    }
    if (segment.greedy) {
      const rest = actual.slice(index).join('/');
      return rest === '' ? undefined : { ...variables, [segment.variable]: decodePath(rest) };
    }
    if (value === undefined || value === '') return undefined;
    variables[segment.variable] = decodePath(value);
  }
  return actual.length === segments.length ? variables : undefined;
}
