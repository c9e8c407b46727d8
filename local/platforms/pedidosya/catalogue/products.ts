import type { SeededRandom } from '../../shared/seeded-random.ts';
import { type Country, roundPrice } from '../countries.ts';
import type { CatalogueChange } from '../request-schemas.ts';

/** A product of one store. */
export interface Product {
  sku: string;
  barcodes: string[];
  name: string;
  price: number;
  pricingType: 'UNIT' | 'KG';
  categoryId: string;
  maximum: number | null;
  /** What the partner last asked for; false always wins. */
  switchedOn: boolean;
  /** Whether the last stock sent in bulk reached the store's buffer. The stock itself is not kept. */
  enoughStock: boolean;
}

/** A category of the platform's tree. */
export interface Category {
  id: string;
  parentId: string | null;
  name: string;
}

/** Why one product of a batch was refused. */
export interface Rejection {
  rejected_data: string;
  rejected_reason: string;
}

/** The categories every simulated store has. */
export const CATEGORIES: readonly Category[] = [
  { id: 'c1', parentId: null, name: 'Almacén' },
  { id: 'c1-1', parentId: 'c1', name: 'Infusiones' },
  { id: 'c1-2', parentId: 'c1', name: 'Galletitas' },
  { id: 'c2', parentId: null, name: 'Frescos' },
  { id: 'c2-1', parentId: 'c2', name: 'Frutas y verduras' },
  { id: 'c2-2', parentId: 'c2', name: 'Fiambres' },
  { id: 'c3', parentId: null, name: 'Bebidas' },
  { id: 'c3-1', parentId: 'c3', name: 'Vinos' },
];

// [name, category, price in dollars, sold by]
const ASSORTMENT: readonly (readonly [string, string, number, 'UNIT' | 'KG'])[] = [
  ['Yerba de prueba 1 kg', 'c1-1', 4.35, 'UNIT'],
  ['Café molido de prueba 250 g', 'c1-1', 6.2, 'UNIT'],
  ['Té en saquitos x 25', 'c1-1', 1.15, 'UNIT'],
  ['Galletitas surtidas "Ñandú" 400 g', 'c1-2', 2.05, 'UNIT'],
  ['Alfajor de maicena x 6', 'c1-2', 3.99, 'UNIT'],
  ['Manzana roja', 'c2-1', 2.1, 'KG'],
  ['Papa blanca', 'c2-1', 0.95, 'KG'],
  ['Banana, por kilo', 'c2-1', 1.35, 'KG'],
  ['Jamón cocido feteado', 'c2-2', 11.4, 'KG'],
  ['Queso barra', 'c2-2', 9.7, 'KG'],
  ['Agua mineral 2 l', 'c3', 1.25, 'UNIT'],
  ['Malbec de prueba 750 ml', 'c3-1', 7.45, 'UNIT'],
  ['Torrontés de prueba 750 ml', 'c3-1', 6.85, 'UNIT'],
];

/** Generates the products of one store; the same seed gives the same store. */
export function generateProducts(random: SeededRandom, country: Country): Map<string, Product> {
  return new Map(
    ASSORTMENT.map(([name, categoryId, dollars, pricingType], index) => {
      const sku = `${country.code.toUpperCase()}-${String(index + 1).padStart(3, '0')}`;
      const product: Product = {
        sku,
        barcodes: [`77${random.digits(11)}`],
        name,
        price: roundPrice(dollars * country.priceFactor, country),
        pricingType,
        categoryId,
        maximum: random.chance(0.3) ? random.int(3, 20) : null,
        switchedOn: true,
        enoughStock: true,
      };
      return [sku, product];
    }),
  );
}

/** True when customers can buy the product now. */
export function isActive(product: Product): boolean {
  return product.switchedOn && product.enoughStock;
}

/** The product that a change means, by SKU or else by barcode. */
export function productFor(
  products: ReadonlyMap<string, Product>,
  change: CatalogueChange,
): Product | undefined {
  if (change.sku !== undefined) return products.get(change.sku);
  return [...products.values()].find(({ barcodes }) => barcodes.includes(change.barcode ?? ''));
}

/** Why a change cannot be carried out; empty when it can. */
export function rejectionsOf(product: Product | undefined, change: CatalogueChange): Rejection[] {
  const rejections: Rejection[] = [];
  const reject = (rejected_data: string, rejected_reason: string) =>
    rejections.push({ rejected_data, rejected_reason });
  if (product === undefined) {
    reject(change.sku === undefined ? 'barcode' : 'sku', 'product does not exist in this store');
  }
  if (change.price !== undefined && (change.price <= 0 || decimalsOf(change.price) > 3)) {
    reject('price', 'must be above zero and have 3 decimals at most');
  }
  if (change.barcode !== undefined && !/^\d{1,14}$/.test(change.barcode)) {
    reject('barcode', 'must have 1 to 14 digits');
  }
  return rejections;
}

/**
 * Carries a change out on the product.
 *
 * Stock counts in batches only, and only switches the product: it is compared with the store's buffer and forgotten
 * (PedidosYa catalogue FAQ).
 */
export function applyChange(
  product: Product,
  change: CatalogueChange,
  how: { bulk: boolean; buffer: number },
): void {
  if (change.price !== undefined) product.price = change.price;
  if (change.active !== undefined) product.switchedOn = change.active;
  const maximum = change.maximum_sales_quantity ?? change.max_sales_quantity;
  if (maximum !== undefined) product.maximum = maximum;
  if (how.bulk && change.quantity !== undefined) product.enoughStock = change.quantity >= how.buffer;
}

function decimalsOf(value: number): number {
  const [digits = '', exponent] = String(value).split('e');
  return (digits.split('.')[1]?.length ?? 0) - Number(exponent ?? 0);
}
