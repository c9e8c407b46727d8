import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from './problem.ts';
import { type ApiAnswer, type ApiRequest, type Route, routeKeyOf } from './route.ts';

/** What a request asks for. */
export type Found =
  | FoundRoute
  /** Nothing but the methods that the path takes. */
  | { readonly allow: string };

export interface FoundRoute {
  readonly route: Omit<Route, 'handle'>;
  readonly parameters: Readonly<Record<string, string>>;
  /** Has the route work on the request. */
  work(request: ApiRequest): Promise<ApiAnswer>;
}

export type FindRoute = (event: APIGatewayProxyEventV2) => Found;

/** Finds the route that API Gateway names, if it is one of these. */
export function createKeyFinder<Context>(
  routes: readonly Route<Context>[],
  context: Context,
): (event: APIGatewayProxyEventV2) => FoundRoute | undefined {
  const byKey = new Map(routes.map((route) => [routeKeyOf(route), route]));
  return ({ routeKey, pathParameters }) => {
    const route = byKey.get(routeKey);
    return route && foundRoute(route, given(pathParameters ?? {}), context);
  };
}

const foundRoute = <Context>(
  route: Route<Context>,
  parameters: FoundRoute['parameters'],
  context: Context,
): FoundRoute => ({ route, parameters, work: (request) => route.handle(request, context) });

/**
 * Finds the route of a request. API Gateway has matched the path of a route that it knows; what it sends to `$default` is a
 * path that there is not, or another method: HEAD is answered as GET, OPTIONS with the methods.
 *
 * @throws Problem `route-unknown`, or `method-not-allowed` with the methods that the path takes
 */
export function createRouteFinder<Context>(routes: readonly Route<Context>[], context: Context): FindRoute {
  const byKey = createKeyFinder(routes, context);
  return (event) => {
    const known = byKey(event);
    if (known !== undefined) return known;
    const found = findByPath(routes, event.requestContext.http.method, event.rawPath);
    return 'allow' in found ? found : foundRoute(found.route, found.parameters, context);
  };
}

function findByPath<Context>(
  routes: readonly Route<Context>[],
  method: string,
  path: string,
): { route: Route<Context>; parameters: Record<string, string> } | { allow: string } {
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
