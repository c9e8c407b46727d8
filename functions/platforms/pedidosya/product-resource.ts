import type { MirrorReading } from '../../domain/mirror-row.ts';
import { type Product, productSchema } from '../../domain/product.ts';
import { PlatformError } from '../../http/errors.ts';
import type { MirroredResource, ReadThing } from '../mirrored-resource.ts';
import { createAmounts } from '../reading/amounts.ts';
import { describe } from '../reading/issue-texts.ts';
import { omitUndefined } from '../reading/tolerant-reader.ts';
import type { Scan } from '../scan.ts';
import type { Store } from '../store.ts';
import type { CatalogueProduct } from './client/catalogue-reads.ts';
import { currencyOf } from './order/currency.ts';
import type { PedidosyaReads } from './reads.ts';
import type { PedidosyaChain } from './settings.ts';

const DAY_MS = 86_400_000;
const PAGE_SIZE = 500;
const BY_BARCODE = 'barcode ';

/**
 * Products of a chain, outlet by outlet. The platform has no id for them and tells of no change: each outlet's product is
 * named by its SKU, or by its barcode without one, and the whole list is read once a day.
 */
export const products: MirroredResource<Product, PedidosyaChain, PedidosyaReads> = {
  async get({ catalogue }, id, { settings }) {
    const parts = partsOf(id);
    const vendor = parts === undefined ? undefined : vendorOf(settings, parts.outletId);
    if (parts === undefined || vendor === undefined) throw notFound();
    // What the search finds by is not documented beyond names and SKUs.
    const byBarcode = parts.name.startsWith(BY_BARCODE);
    const query = { vendor, pageSize: PAGE_SIZE, ...(byBarcode ? {} : { queryTerm: parts.name }) };
    for await (const page of catalogue.pages(query)) {
      const found = page.find((product) => nameOf(product) === parts.name);
      if (found !== undefined) return readingOf(found, parts.outletId, settings);
    }
    throw notFound();
  },
  scans: ({ settings }) =>
    settings.catalogue ? settings.stores.map((outlet) => scanOf(outlet.storeId, vendorName(outlet))) : [],
  scanNameOf(id, { settings }) {
    const outlet = settings.stores.find(({ storeId }) => storeId === partsOf(id)?.outletId);
    return outlet === undefined ? undefined : scanName(outlet.storeId);
  },
  async *list({ catalogue }, { query: { vendor = '', outlet = '' } }, _range, { settings }, firstPage = 1) {
    let page = firstPage;
    for await (const listed of catalogue.pages({ vendor, pageSize: PAGE_SIZE, firstPage })) {
      yield { items: listed.map((product) => readingOf(product, outlet, settings)), page };
      page += 1;
    }
  },
};

type Outlet = PedidosyaChain['stores'][number];
export const vendorName = ({ storeId, ownCode }: Outlet): string => ownCode ?? storeId;

function vendorOf({ stores }: PedidosyaChain, outletId: string): string | undefined {
  const outlet = stores.find(({ storeId }) => storeId === outletId);
  return outlet === undefined ? undefined : vendorName(outlet);
}

const scanName = (outlet: string): string => `products#${outlet}`;

const scanOf = (outlet: string, vendor: string): Scan => ({
  name: scanName(outlet),
  outletId: outlet,
  resource: 'product',
  order: 2,
  everyMs: DAY_MS,
  lookbackMs: DAY_MS,
  firstMs: DAY_MS,
  keptMs: 2 * DAY_MS,
  longestSliceMs: DAY_MS,
  quietPeriodMs: 0,
  undivided: true,
  query: { outlet, vendor },
});

/** What names a product within its outlet; undefined where nothing does. */
function nameOf({ sku, barcodes: [barcode] }: CatalogueProduct): string | undefined {
  return sku ?? (barcode === undefined ? undefined : `${BY_BARCODE}${barcode}`);
}

/** An outlet's id holds no slash; a SKU may. */
const idOf = (outletId: string, name: string): string => `${encodeURIComponent(outletId)}/${name}`;

function partsOf(id: string): { outletId: string; name: string } | undefined {
  const [, outlet, name] = /^([^/]+)\/(.+)$/s.exec(id) ?? [];
  if (outlet === undefined || name === undefined) return undefined;
  try {
    return { outletId: decodeURIComponent(outlet), name };
  } catch {
    return undefined;
  }
}

export const readingOf = (
  product: CatalogueProduct,
  outletId: string,
  settings: PedidosyaChain,
): ReadThing<Product> => ({
  reading: normalise(product, outletId, { id: settings.chainId, settings }),
  bytes: Buffer.from(JSON.stringify(product)),
});

/** The platform has no stock to show: whether a product is on sale is all that it says. */
function normalise(
  source: CatalogueProduct,
  outletId: string,
  { id: storeId, settings }: Store<PedidosyaChain>,
): MirrorReading<Product> {
  const name = nameOf(source);
  if (name === undefined) return { ok: false, reason: 'missing-id', problem: 'neither a sku nor a barcode' };
  const platformProductId = idOf(outletId, name);
  const currency = currencyOf(undefined, settings);
  if (!currency.ok)
    return { ok: false, reason: 'schema-mismatch', problem: currency.problem, id: platformProductId };
  const amounts = createAmounts(currency.currency);
  const price = amounts.readOptional(source.price, 'price');
  const [barcode] = source.barcodes;
  const { sku, active, title, categoryId, maximumSalesQuantity: most } = source;
  const checked = productSchema().safeParse(
    omitUndefined<Product>({
      platform: 'pedidosya',
      storeId,
      platformProductId,
      outletId,
      title,
      status: active === undefined ? 'unknown' : active ? 'active' : 'inactive',
      variants: [
        omitUndefined({
          platformVariantId: name,
          sku: sku?.trim(),
          barcode,
          price: price === undefined ? undefined : { amount: price, currency: amounts.currency },
          mostPerOrder: most !== undefined && Number.isInteger(most) && most >= 0 ? most : undefined,
        }),
      ],
      categories: categoryId === undefined ? undefined : [{ categoryId }],
      warnings: amounts.warnings,
    }),
  );
  return checked.success
    ? { ok: true, said: checked.data }
    : {
        ok: false,
        reason: 'schema-mismatch',
        problem: describe(checked.error.issues, productSchema()),
        id: platformProductId,
      };
}

/** The list does not have it; no answer of the platform says so by itself. */
const notFound = (): PlatformError =>
  new PlatformError({
    platform: 'pedidosya',
    operation: 'catalogue.list',
    kind: 'not-found',
    status: 200,
    detail: 'The catalogue does not list the product.',
  });
