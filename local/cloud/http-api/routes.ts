import { decodePath, type RouteMatch } from './event.ts';

/** A route of an HTTP API with what it leads to. */
export interface Route<T> {
  routeKey: string;
  target: T;
}

/**
 * Finds the route of a request: a full path wins over a path with variables, that over a greedy variable, and a method
 * over `ANY`; `$default` takes the rest. (API Gateway guide, "Routes for HTTP APIs".)
 */
export function findRoute<T>(
  routes: readonly Route<T>[],
  method: string,
  path: string,
): { match: RouteMatch; target: T } | undefined {
  const found = routes
    .map((route) => ({ route, parsed: parse(route.routeKey) }))
    .filter(({ parsed }) => parsed.method === 'ANY' || parsed.method === method)
    .map(({ route, parsed }) => ({ route, parsed, variables: matchPath(parsed.path, path) }))
    .filter(({ variables }) => variables !== undefined)
    .sort((one, other) => rank(one.parsed) - rank(other.parsed))[0];
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

function parse(routeKey: string): { method: string; path: string } {
  if (routeKey === '$default') return { method: 'ANY', path: '$default' };
  const [method = '', path = ''] = routeKey.split(' ');
  return { method, path };
}

function rank({ method, path }: { method: string; path: string }): number {
  const kind = path === '$default' ? 3 : path.includes('+}') ? 2 : path.includes('{') ? 1 : 0;
  return kind * 2 + (method === 'ANY' ? 1 : 0);
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  if (pattern === '$default') return {};
  const wanted = pattern.split('/');
  const actual = path.split('/');
  const variables: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const name = part.match(/^\{(.+?)(\+?)\}$/);
    const value = actual[index];
    if (name?.[1] && name[2]) {
      const rest = actual.slice(index).join('/');
      return rest === '' ? undefined : { ...variables, [name[1]]: rest };
    }
    if (value === undefined || (name ? value === '' : value !== part)) return undefined;
    if (name?.[1]) variables[name[1]] = decodePath(value);
  }
  return actual.length === wanted.length ? variables : undefined;
}
