import type { SimRequest, SimResponse } from '../../simulator.ts';
import { fail } from '../errors.ts';
import { dateRange, onlyParameters, page, pagingParameters, positive, word } from '../lists.ts';
import type { ApiCall } from '../platform.ts';
import { type Product, totalStock, type Variant } from './catalogue.ts';
import { renderProduct } from './render-catalogue.ts';

const MAX_IDS = 30;
const parameters = [
  ...pagingParameters,
  'ids',
  'since_id',
  'language',
  'q',
  'handle',
  'category_id',
  'published',
  'free_shipping',
  'min_stock',
  'max_stock',
  'has_promotional_price',
  'has_weight',
  'has_all_dimensions',
  'has_weight_and_all_dimensions',
  'created_at_min',
  'created_at_max',
  'updated_at_min',
  'updated_at_max',
  'sort_by',
] as const;

const firstVariant = (product: Product) => product.variants[0];
const nameOf = (product: Product) => Object.values(product.name)[0] ?? '';
const orders: Readonly<Record<string, (a: Product, b: Product) => number>> = {
  user: () => 0,
  'best-selling': () => 0,
  price: (a, b) => (firstVariant(a)?.priceCents ?? 0) - (firstVariant(b)?.priceCents ?? 0),
  cost: (a, b) => (firstVariant(a)?.costCents ?? 0) - (firstVariant(b)?.costCents ?? 0),
  alpha: (a, b) => nameOf(a).localeCompare(nameOf(b)),
  name: (a, b) => nameOf(a).localeCompare(nameOf(b)),
  'created-at': (a, b) => a.createdAt - b.createdAt,
};

/** `GET /products` with every documented filter. */
export function listProducts(request: SimRequest, call: ApiCall): SimResponse {
  onlyParameters(request, parameters);
  const passes = filterOf(request);
  const found = [...call.store.products.values()].filter(passes).sort(orderOf(request));
  return page(request, found, (product) => renderProduct(product, call.store, call.version));
}

function filterOf(request: SimRequest): (product: Product) => boolean {
  const { query } = request;
  const ids = query.get('ids')?.split(',').map(Number);
  if (ids !== undefined && ids.length > MAX_IDS) throw fail(422, `No more than ${MAX_IDS} ids are allowed`);
  const sinceId = positive(request, 'since_id') ?? 0;
  const text = query.get('q')?.toLowerCase();
  const handle = query.get('handle');
  const category = query.get('category_id');
  const published = flag(request, 'published');
  const freeShipping = flag(request, 'free_shipping');
  const created = dateRange(request, 'created_at');
  const updated = dateRange(request, 'updated_at');
  const minimum = query.get('min_stock');
  const maximum = query.get('max_stock');
  const some = (name: string, test: (variant: Variant) => boolean) => {
    const requested = flag(request, name);
    return (product: Product) => requested === undefined || product.variants.some(test) === requested;
  };
  const weighs = (variant: Variant) => Number(variant.weight ?? 0) > 0;
  const measures = ({ width, height, depth }: Variant) =>
    [width, height, depth].every((side) => Number(side ?? 0) > 0);
  const tests: ((product: Product) => boolean)[] = [
    (product) => ids === undefined || ids.includes(product.id),
    (product) => product.id > sinceId,
    (product) => text === undefined || mentions(product, text),
    (product) => handle === null || Object.values(product.handle).includes(handle),
    (product) => category === null || product.categoryIds.includes(Number(category)),
    (product) => published === undefined || product.published === published,
    (product) => freeShipping === undefined || product.freeShipping === freeShipping,
    (product) => created(product.createdAt),
    (product) => updated(product.updatedAt),
    (product) => minimum === null || stockOf(product) >= Number(minimum),
    (product) => maximum === null || stockOf(product) <= Number(maximum),
    some('has_promotional_price', (variant) => variant.promotionalCents !== null),
    some('has_weight', weighs),
    some('has_all_dimensions', measures),
    some('has_weight_and_all_dimensions', (variant) => weighs(variant) && measures(variant)),
  ];
  return (product) => tests.every((passes) => passes(product));
}

function orderOf(request: SimRequest): (a: Product, b: Product) => number {
  const known = Object.keys(orders).flatMap((key) =>
    key === 'user' || key === 'best-selling' ? [key] : [`${key}-ascending`, `${key}-descending`],
  );
  const requested = word(request, 'sort_by', known) ?? 'user';
  const compare = orders[requested.replace(/-(ascending|descending)$/, '')] ?? (() => 0);
  return requested.endsWith('-descending') ? (a, b) => compare(b, a) : compare;
}

function flag(request: SimRequest, name: string): boolean | undefined {
  const requested = word(request, name, ['true', 'false']);
  return requested === undefined ? undefined : requested === 'true';
}

function mentions(product: Product, text: string): boolean {
  return (
    Object.values(product.name).some((name) => name.toLowerCase().includes(text)) ||
    product.tags.toLowerCase().includes(text) ||
    product.variants.some((variant) => (variant.sku ?? '').toLowerCase().includes(text))
  );
}

function stockOf(product: Product): number {
  return product.variants.reduce(
    (sum, variant) => sum + (totalStock(variant) ?? Number.POSITIVE_INFINITY),
    0,
  );
}
