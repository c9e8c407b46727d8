import type { ProductGroup } from '../../../domain/erp-product.ts';
import type { CustomField } from '../client/variants.ts';
import type { ShownProduct } from './shown.ts';

/** Groups that are fields of the product itself, and go with one call. */
export const PRODUCT_PARTS = [
  'texts',
  'flags',
  'options',
  'categories',
] as const satisfies readonly ProductGroup[];
export type ProductPart = (typeof PRODUCT_PARTS)[number];

/** What was read of the platform. */
export interface Known {
  /** `none`: no product has the SKUs. */
  readonly product?: ShownProduct | 'none';
  readonly definitions?: readonly CustomField[];
}

/** A variant, and which of its groups are to be changed: what is not stays as somebody may have typed it. */
export interface ChangedVariant {
  readonly sku: string;
  readonly id: string;
  readonly parts: readonly ('variant' | 'prices')[];
}

/** One call that brings the product nearer to what is wanted. */
export type ProductCall =
  | { readonly kind: 'categories' }
  | { readonly kind: 'create'; readonly groups: readonly ProductPart[]; readonly images: readonly string[] }
  | { readonly kind: 'update'; readonly productId: string; readonly groups: readonly ProductPart[] }
  | { readonly kind: 'add-variant'; readonly productId: string; readonly sku: string }
  | {
      readonly kind: 'change-variants';
      readonly productId: string;
      readonly variants: readonly ChangedVariant[];
    }
  | { readonly kind: 'delete-variant'; readonly productId: string; readonly id: string }
  | { readonly kind: 'add-image'; readonly productId: string; readonly image: string }
  | { readonly kind: 'delete-image'; readonly productId: string; readonly id: string }
  | { readonly kind: 'define-field'; readonly name: string }
  | {
      readonly kind: 'extend-field';
      readonly name: string;
      readonly id: string;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'set-fields';
      readonly sku: string;
      readonly variantId: string;
      readonly values: readonly { readonly id: string; readonly value: string | null }[];
    };

/** What comes next: something has to be read, a call is missing, or all that can be done is done. */
export type Step =
  | { readonly need: 'search' | 'product' | 'definitions' }
  | { readonly call: ProductCall; readonly name: string }
  | { readonly done: true };
