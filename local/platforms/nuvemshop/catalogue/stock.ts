import type { InventoryLevel, Variant } from './catalogue.ts';

/** The level of a variant at a location; undefined when it was never stocked there. */
export function levelAt(variant: Variant, locationId: string): InventoryLevel | undefined {
  return variant.levels.find((level) => level.locationId === locationId);
}

/**
 * Adds to a level (or takes from it), never below 0; unlimited stays unlimited.
 *
 * @returns how many units were missing when more was taken than there was.
 */
export function moveStock(variant: Variant, locationId: string, delta: number, now: number): number {
  const level = levelAt(variant, locationId);
  if (level === undefined || level.stock === null) return 0;
  const left = level.stock + delta;
  level.stock = Math.max(0, left);
  level.updatedAt = now;
  variant.updatedAt = now;
  return Math.max(0, -left);
}

/** Sets a level; null is unlimited. Makes the level when it is new. */
export function setStock(variant: Variant, locationId: string, stock: number | null, now: number): void {
  const level = levelAt(variant, locationId);
  if (level === undefined) {
    const id = variant.id * 100 + variant.levels.length;
    variant.levels.push({ id, locationId, stock, createdAt: now, updatedAt: now });
  } else {
    level.stock = stock;
    level.updatedAt = now;
  }
  variant.updatedAt = now;
}
