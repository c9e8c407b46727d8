import type { Customer, CustomerKey } from '../domain/customer.ts';
import { CUSTOMER, type CustomerRow } from '../domain/customer-row.ts';
import type { MirrorFields, Stated } from '../domain/mirror-row.ts';
import type { Product, ProductKey } from '../domain/product.ts';
import { PRODUCT, type ProductRow } from '../domain/product-row.ts';
import type { MirroredResource } from '../platforms/mirrored-resource.ts';
import type { ProductResource } from '../platforms/product-resource.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { customerPk } from '../storage/customer-keys.ts';
import { productPk } from '../storage/product-keys.ts';
import type { RowIndex } from '../storage/row-index.ts';
import type { MirrorKey, MirrorPlace } from './mirror-writer.ts';
import type { StoreContext } from './store-context.ts';

/** One kind of things of a store that are mirrored: where their rows are, and who is asked for them. */
export interface Mirror<Key extends MirrorKey, Said extends Stated, Row extends MirrorFields>
  extends MirrorPlace<Key, Said, Row> {
  readonly index: Pick<RowIndex<Key>, 'changes'>;
  readonly source: MirroredResource<Said>;
}

export const productMirror = (context: StoreContext): Mirror<ProductKey, Product, ProductRow> => ({
  kind: PRODUCT,
  rows: context.products,
  index: context.productIndex,
  source: productsOf(context),
  pkOf: productPk,
});

export const customerMirror = (context: StoreContext): Mirror<CustomerKey, Customer, CustomerRow> => ({
  kind: CUSTOMER,
  rows: context.customers,
  index: context.customerIndex,
  source: had(context.platform.resources.customer, `customers of ${context.platform.name}`),
  pkOf: customerPk,
});

/** @throws Error where the platform has no products: nobody sends such a message. */
export function productsOf({ platform }: Pick<StoreContext, 'platform'>): ProductResource {
  return had(platform.resources.product, `products of ${platform.name}`);
}

function had<T>(resource: T | undefined, what: string): T {
  if (resource === undefined) throw new OwnError(`${what} are not mirrored`);
  return resource;
}
