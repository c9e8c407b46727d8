/** What each kit is made of: by its SKU, whole units of its parts by theirs. */
export type Kits = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What is taken off the shelf for one unit of a SKU. */
export function partsOf(kits: Kits, sku: string): { sku: string; quantity: number }[] {
  const parts = Object.hasOwn(kits, sku) ? kits[sku] : undefined;
  if (parts === undefined) return [{ sku, quantity: 1 }];
  return Object.entries(parts).map(([part, quantity]) => ({ sku: part, quantity }));
}
