import * as z from 'zod';
import { minorUnits } from './fields.ts';
import { lazily } from './lazily.ts';
import { platformNameSchema } from './order.ts';
import { isoUtc } from './time.ts';

/** Whether a product can be bought, in our own closed list. Words we don't know become `unknown`, never an error. */
export const PRODUCT_STATUSES = ['active', 'inactive', 'unknown'] as const;

/** Where a platform has no id of its own for a product, its SKU stands in the id, behind the outlet's. */
export const productId = lazily(() => z.string().min(1).max(256));

/** An amount with its currency: a product has none that its prices share with an order. */
const money = lazily(() => z.object({ amount: minorUnits(), currency: z.string().regex(/^[A-Z]{3}$/) }));

/** The table's numbers and nobody's warehouse hold more. */
export const MOST_STOCK = 1e9;

/** What a platform says is there to be sold. */
const stockLevel = lazily(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('unlimited') }),
    z.object({ kind: z.literal('counted'), quantity: z.int().min(-MOST_STOCK).max(MOST_STOCK) }),
  ]),
);
export type StockLevel = z.infer<ReturnType<typeof stockLevel>>;

/** Texts by language, as the platform names languages: `es`, `pt`, `en_AR`. */
const texts = lazily(() => z.record(z.string(), z.string()));

const variant = lazily(() =>
  z.object({
    platformVariantId: productId(),
    /** Not unique: platforms take the same one twice. */
    sku: z.string().optional(),
    barcode: z.string().optional(),
    /** What tells it from the product's other variants: size, colour. */
    values: z.array(texts()).optional(),
    price: money().optional(),
    /** What is charged while it is set; `price` is then shown struck through. */
    promotionalPrice: money().optional(),
    cost: money().optional(),
    /** Of all locations together. */
    stock: stockLevel().optional(),
    /** Where the platform keeps stock by location. */
    locations: z.array(z.object({ locationId: productId(), stock: stockLevel() })).optional(),
    /** The most that one order may hold. */
    mostPerOrder: z.int().nonnegative().optional(),
  }),
);

/**
 * A product as every reader of the table sees it, whatever platform it came from. What the platform never said is absent. A
 * product that has no variants at the platform has one here, which holds its price and stock.
 */
export const productSchema = lazily(() =>
  z.object({
    platform: platformNameSchema(),
    storeId: z.string().min(1).max(128),
    platformProductId: productId(),
    /** The outlet whose product it is, where a store id stands for a whole chain. */
    outletId: z.string().min(1).max(128).optional(),
    title: texts().optional(),
    status: z.enum(PRODUCT_STATUSES),
    /** The platform's own word. */
    platformStatus: z.string().optional(),
    variants: z.array(variant()),
    categories: z.array(z.object({ categoryId: productId(), title: texts().optional() })).optional(),
    platformCreatedAt: isoUtc().optional(),
    /** The latest time of change that the platform states. */
    platformUpdatedAt: isoUtc().optional(),
    /** What was odd but did not stop us. */
    warnings: z.array(z.string()),
  }),
);
export type Product = z.infer<ReturnType<typeof productSchema>>;
export type ProductVariant = z.infer<ReturnType<typeof variant>>;

export interface ProductKey {
  platform: string;
  storeId: string;
  platformProductId: string;
}
