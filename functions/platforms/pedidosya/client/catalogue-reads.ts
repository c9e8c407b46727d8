import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { entriesOf, flag } from '../../reading/forms.ts';
import { type Caller, failed, notUnderstood } from './call.ts';

/** A product of the catalogue; fields beyond the keys are not documented well and may be absent. */
export interface CatalogueProduct {
  sku?: string;
  barcodes: string[];
  /** By locale. */
  title?: Record<string, string>;
  categoryId?: string;
  active?: boolean;
  /** In the currency, as the platform writes it. */
  price?: number;
  quantity?: number;
  maximumSalesQuantity?: number;
}

export interface CatalogueQuery {
  vendor: string;
  queryTerm?: string;
  locale?: string;
  categoryGlobalIds?: readonly string[];
  isActive?: boolean;
  /** At most 500. */
  pageSize?: number;
  /** 1 where absent. */
  firstPage?: number;
}

export interface PedidosyaCatalogueReads {
  /** The products of an outlet, page after page. @throws PlatformError. */
  pages(query: CatalogueQuery): AsyncGenerator<CatalogueProduct[], void, undefined>;
}

const MAX_PAGES = 10_000;
export const text = lazily(() =>
  z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .catch(undefined),
);
/** Also as a text. One with nothing in it says nothing, and is no 0. */
export const decimal = lazily(() =>
  z
    .union([
      z.number(),
      z
        .string()
        .trim()
        .regex(/^-?\d{1,12}(\.\d{1,6}|,\d{1,2})?$/)
        .transform((said) => Number(said.replace(',', '.'))),
    ])
    .nullish()
    .catch(undefined),
);
const barcodes = lazily(() =>
  z
    .preprocess(entriesOf, z.array(z.union([z.string(), z.number().transform(String)])).optional())
    .catch(undefined),
);

const saidOf = (texts: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([locale, said]) => (said === null ? [] : [[locale, said]])),
  );

const product = lazily(() =>
  z.object({
    sku: text(),
    barcode: barcodes(),
    barcodes: barcodes(),
    name: z
      .union([
        z.record(z.string(), z.string().nullable()).transform(saidOf),
        z.string().transform((name) => ({ und: name })),
      ])
      .nullish()
      .catch(undefined),
    category_global_id: text(),
    active: flag().catch(undefined),
    price: decimal(),
    quantity: decimal(),
    // Two spellings of the same field are in use.
    maximum_sales_quantity: decimal(),
    max_sales_quantity: decimal(),
  }),
);
const listAnswer = lazily(() =>
  z.object({
    // An entry that is no product costs itself alone: it has no name, which whoever lists them counts.
    products: z
      .array(product().catch({}))
      .nullable()
      .transform((list) => list ?? []),
    page_size: z.int().positive().nullish().catch(undefined),
    total_pages: z.int().positive().nullish().catch(undefined),
  }),
);

export function createCatalogueReads(call: Caller): PedidosyaCatalogueReads {
  return {
    async *pages({ vendor, pageSize = 500, firstPage = 1, ...filter }) {
      if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 500) {
        throw failed({
          operation: 'catalogue.list',
          kind: 'refused',
          detail: 'The page size must be 1 to 500.',
        });
      }
      for (let page = firstPage; page <= MAX_PAGES; page += 1) {
        const query = {
          query_term: filter.queryTerm,
          locale: filter.locale,
          category_global_ids: filter.categoryGlobalIds?.join(','),
          is_active: filter.isActive,
          page,
          page_size: pageSize,
        };
        const answer = await call({ operation: 'catalogue.list', params: { vendor }, query });
        const read = listAnswer().safeParse(answer.json());
        if (!read.success)
          throw notUnderstood('catalogue.list', answer.status, 'There is no list under products.');
        const { products, total_pages, page_size } = read.data;
        yield products.map(toProduct);
        // Without a number of pages, a page that is not full is the last; the platform may give smaller ones than asked for.
        const full = Math.min(pageSize, page_size ?? pageSize);
        const last = total_pages == null ? products.length < full : page >= total_pages;
        if (last || products.length === 0) return;
      }
    },
  };
}

function toProduct(one: z.output<ReturnType<typeof product>>): CatalogueProduct {
  const limit = one.maximum_sales_quantity ?? one.max_sales_quantity;
  return {
    ...(one.sku?.trim() ? { sku: one.sku } : {}),
    barcodes: (one.barcodes ?? one.barcode ?? []).filter((code) => code.trim() !== ''),
    ...(one.name == null ? {} : { title: one.name }),
    ...(one.category_global_id == null ? {} : { categoryId: one.category_global_id }),
    ...(one.active == null ? {} : { active: one.active }),
    ...(one.price == null ? {} : { price: one.price }),
    ...(one.quantity == null ? {} : { quantity: one.quantity }),
    ...(limit == null ? {} : { maximumSalesQuantity: limit }),
  };
}
