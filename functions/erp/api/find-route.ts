import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from './problem.ts';
import { type Route, routeKeyOf } from './route.ts';

/** What a request asks for. */
export type Found =
  | { readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  /** Nothing but the methods that the path takes. */
  | { readonly allow: string };

/**
 * Finds the route of a request. API Gateway has matched the path of a route that it knows; what it sends to `$default` is a
 * path that there is not, or another method: HEAD is answered as GET, OPTIONS with the methods.
 *
 * @throws Problem `route-unknown`, or `method-not-allowed` with the methods that the path takes
 */
export function createRouteFinder(routes: readonly Route[]): (event: APIGatewayProxyEventV2) => Found {
  const byKey = new Map(routes.map((route) => [routeKeyOf(route), route]));
  return (event) => {
    const route = byKey.get(event.routeKey);
    if (route !== undefined) return { route, parameters: given(event.pathParameters ?? {}) };
    return findByPath(routes, event.requestContext.http.method, event.rawPath);
  };
}

function findByPath(routes: readonly Route[], method: string, path: string): Found {
  const onPath = routes.flatMap((route) => {
    const parameters = matchPath(route.path, path);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  if (onPath.length === 0)
    throw new Problem('route-unknown', {
      detail: 'No route has this path. GET /v1/openapi.json lists them all; a path ends without a slash.',
    });
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = onPath.find(({ route }) => route.method === wanted);
  if (found !== undefined) return found;
  const methods: string[] = onPath.map(({ route }) => route.method);
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { allow };
  throw new Problem('method-not-allowed', { detail: `This path takes ${allow}.`, headers: { allow } });
}

/** The variables of a path that has the form of a route's; undefined when it has not. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, actual] = [pattern.split('/'), path.split('/')];
  const parameters: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(part) ?? [];
    const value = greedy ? actual.slice(at).join('/') : actual[at];
    if (value === undefined || (name === undefined ? value !== part : value === '')) return undefined;
    if (name !== undefined) parameters[name] = value;
    if (greedy) return parameters;
  }
  return wanted.length === actual.length ? parameters : undefined;
}

const given = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
