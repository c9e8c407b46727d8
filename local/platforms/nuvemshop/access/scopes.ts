/**
 * Whether the granted scopes include one. Write includes read; fulfillment orders come with orders, reading locations
 * with products or shipping (reference, authentication page and multi-inventory guide).
 */
export function covers(granted: ReadonlySet<string>, scope: string): boolean {
  if (granted.has(scope) || granted.has(scope.replace(/^read_/, 'write_'))) return true;
  const [verb] = scope.split('_', 1);
  if (scope.endsWith('_fulfillment_orders')) return covers(granted, `${verb}_orders`);
  if (scope === 'read_locations') return covers(granted, 'read_products') || covers(granted, 'read_shipping');
  return false;
}
