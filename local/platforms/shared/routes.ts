import type { RouteDoc, SimRequest, SimResponse } from '../simulator.ts';

/** One route of a simulated platform: its documentation and what it does to the platform's state. */
export interface SimRoute<Context> extends RouteDoc {
  handle(request: SimRequest, context: Context): SimResponse | Promise<SimResponse>;
}

/** Where a path led. Parameters are percent-decoded. */
export interface RouteMatch<Route> {
  route: Route;
  params: Readonly<Record<string, string>>;
}

/** Finds the route of a call. Literal segments win over parameters, whatever the order of the table. */
export interface Router<Route> {
  find(method: string, path: string): RouteMatch<Route> | undefined;
  /** The methods of every route with this path, to tell 405 from 404. */
  methodsOf(path: string): string[];
}

/** Builds a router. Throws when two routes claim the same method and path. */
export function createRouter<Route extends RouteDoc>(routes: readonly Route[]): Router<Route> {
  const compiled = routes
    .map((route) => ({ route, segments: route.path.split('/') }))
    .sort((a, b) => weight(a.segments).localeCompare(weight(b.segments)));
  const seen = new Set<string>();
  for (const { route } of compiled) {
    const key = `${route.method} ${route.path.replaceAll(/\{[^}]+\}/g, '{}')}`;
    if (seen.has(key)) throw new Error(`Two routes claim ${key}. Remove one of them from the route tables.`);
    seen.add(key);
  }
  const hits = (path: string) => {
    const parts = path.split('/');
    return compiled.flatMap(({ route, segments }) => {
      const params = bind(segments, parts);
      return params === undefined ? [] : [{ route, params }];
    });
  };
  return {
    find: (method, path) => hits(path).find(({ route }) => route.method === method),
    methodsOf: (path) => hits(path).map(({ route }) => route.method),
  };
}

// Sorts literals before parameters, segment by segment.
function weight(segments: readonly string[]): string {
  return segments.map((segment) => (segment.startsWith('{') ? '1' : '0')).join('');
}

function bind(template: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  if (template.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const actual = path[index] ?? '';
    if (segment.startsWith('{') && segment.endsWith('}')) {
      if (actual === '') return undefined;
      params[segment.slice(1, -1)] = decode(actual);
    } else if (segment !== actual) {
      return undefined;
    }
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
