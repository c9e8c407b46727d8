import type { MissingScope, ScopeReview } from '../oauth.ts';
import type { Endpoint, Reach } from '../pass-through.ts';
import { endpointsOf } from './endpoints.ts';
import type { NuvemshopStoreSettings } from './settings.ts';

type Wants = Pick<NuvemshopStoreSettings, 'catalogue' | 'customers'>;

/** What calls are about, by the beginning of their paths (Nuvemshop reference, authentication page, and that of each resource). */
const RESOURCES: readonly (readonly [RegExp, string])[] = [
  [/\/fulfillment-orders/, 'fulfillment_orders'],
  [/^\/metafields\/(products|product_variants|categories)/, 'products'],
  [/^\/metafields\/customers/, 'customers'],
  [/^\/metafields\/pages/, 'content'],
  // Ours are lists of invoices, which are orders'.
  [/^\/(orders|metafields)/, 'orders'],
  [/^\/(products|categories)/, 'products'],
  [/^\/customers/, 'customers'],
  [/^\/locations/, 'locations'],
];

/** The scope that a call needs; undefined where every token may make it: the store itself, and webhooks. */
export function scopeOf({ method, path }: Pick<Endpoint, 'method' | 'path'>): string | undefined {
  const resource = RESOURCES.find(([pattern]) => pattern.test(path))?.[1];
  return resource === undefined ? undefined : `${method === 'GET' ? 'read' : 'write'}_${resource}`;
}

/**
 * Whether the granted scopes include one. Writing includes reading; fulfilment orders come with orders, and reading locations
 * with products (multi-inventory guide).
 */
function covers(granted: ReadonlySet<string>, scope: string): boolean {
  if (granted.has(scope) || granted.has(scope.replace(/^read_/, 'write_'))) return true;
  if (scope.endsWith('_fulfillment_orders'))
    return covers(granted, scope.replace('_fulfillment_orders', '_orders'));
  return scope === 'read_locations' && covers(granted, 'read_products');
}

/** What happens by itself, or by a command: without it the store is not connected as it should be. */
const isRequired = (reach: Reach): boolean => !/^(route|operator) /.test(reach);

/** What a store's configuration needs, each scope once, and what makes the calls that need it. */
export function neededScopes({ catalogue, customers }: Wants): MissingScope[] {
  const byScope = new Map<string, Set<Reach>>();
  for (const endpoint of endpointsOf()) {
    const scope = scopeOf(endpoint);
    const unwanted =
      (!catalogue && scope?.endsWith('_products')) || (!customers && scope?.endsWith('_customers'));
    if (scope === undefined || unwanted || endpoint.reachedBy.length === 0) continue;
    const known = byScope.get(scope) ?? new Set<Reach>();
    for (const reach of endpoint.reachedBy) known.add(reach);
    byScope.set(scope, known);
  }
  return [...byScope].map(([scope, reaches]) => ({
    scope,
    required: [...reaches].some(isRequired),
    fails: [...reaches],
  }));
}

/** What a token lacks, and what it has without need: the platform rejects an app for a scope that it does not need. */
export function reviewScopes(wants: Wants, granted: readonly string[]): ScopeReview {
  const has = new Set(granted);
  const needed = neededScopes(wants).map(({ scope }) => scope);
  return {
    missing: neededScopes(wants).filter(({ scope }) => !covers(has, scope)),
    surplus: granted.filter((scope) => !isOfUse(scope, needed)),
  };
}

/** A scope to write is of no use where only reading is needed. */
const isOfUse = (granted: string, needed: readonly string[]): boolean =>
  needed.includes(granted) ||
  (granted.startsWith('read_') && needed.includes(granted.replace(/^read_/, 'write_')));
