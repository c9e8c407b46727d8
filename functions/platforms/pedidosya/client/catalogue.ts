import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { PlatformError } from '../../../http/errors.ts';
import { describe } from '../../reading/issue-texts.ts';
import { type JobStatus, readJobStatus } from '../catalogue-job.ts';
import type { PedidosyaChain } from '../settings.ts';
import { type Caller, failed, notUnderstood } from './call.ts';
import { type ProductChange, productChange, productKey, toBatches, toWire } from './product-change.ts';

/** What became of one batch of changes. */
export type BatchOutcome =
  /** One product: done at once. */
  | { kind: 'done'; products: string[] }
  /** Several: the platform works on them; the job tells which it rejects. */
  | { kind: 'job'; products: string[]; jobId: string; status: JobStatus }
  | { kind: 'failed'; products: string[]; error: PlatformError };

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
}

export interface PedidosyaCatalogue {
  /**
   * Sends changes in batches of at most 200, one after the other. A lone quantity is padded with another product of the
   * catalogue, sent as it is, since quantities work in bulk only. A batch that fails does not stop the next, unless the
   * platform is throttling or refuses the credential: then the rest comes back as failed without being sent.
   *
   * @throws PlatformError of kind `refused` when a change is not valid; nothing is sent then.
   */
  update(vendor: string, changes: readonly ProductChange[]): Promise<BatchOutcome[]>;
  /** The products of an outlet, page after page. @throws PlatformError. */
  pages(query: CatalogueQuery): AsyncGenerator<CatalogueProduct[], void, undefined>;
  /** The same, product by product. */
  list(query: CatalogueQuery): AsyncGenerator<CatalogueProduct, void, undefined>;
  /** Asks for the whole catalogue as a file; where it lies comes to the webhook. @throws PlatformError. */
  requestExport(vendor: string): Promise<{ jobId?: string }>;
}

const MAX_PAGES = 10_000;
const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined);
const number = z.coerce.number().nullish().catch(undefined);

const product = lazily(() =>
  z.object({
    sku: text,
    barcode: z
      .union([z.array(z.string()), text])
      .nullish()
      .catch(undefined),
    barcodes: z.array(z.string()).nullish().catch(undefined),
    name: z
      .union([z.record(z.string(), z.string()), z.string().transform((name) => ({ und: name }))])
      .nullish()
      .catch(undefined),
    category_global_id: text,
    active: z.boolean().nullish().catch(undefined),
    price: number,
    quantity: number,
    // Two spellings of the same field are in use.
    maximum_sales_quantity: number,
    max_sales_quantity: number,
  }),
);
const listAnswer = lazily(() =>
  z.object({
    products: z.array(product()),
    total_pages: z.number().int().nonnegative().nullish().catch(undefined),
  }),
);
const jobStarted = lazily(() => z.object({ job_id: z.string().min(1), job_status: text, status: text }));

export function createCatalogue(call: Caller, settings: PedidosyaChain): PedidosyaCatalogue {
  const send = async (vendor: string, batch: readonly ProductChange[]): Promise<BatchOutcome> => {
    const products = batch.map(productKey);
    const body = { products: batch.map((change) => toWire(change, settings)) };
    const answer = await call({ operation: 'catalogue.update', params: { vendor }, body });
    const started = jobStarted().safeParse(answer.json());
    if (started.success) {
      const { job_id: jobId, job_status, status } = started.data;
      return { kind: 'job', products, jobId, status: readJobStatus(job_status ?? status) };
    }
    if (batch.length === 1 && answer.status === 200) return { kind: 'done', products };
    throw notUnderstood('catalogue.update', answer.status, 'There is no job_id for a batch.');
  };

  async function* pages({
    vendor,
    pageSize = 500,
    ...filter
  }: CatalogueQuery): AsyncGenerator<CatalogueProduct[], void, undefined> {
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 500) {
      throw failed({
        operation: 'catalogue.list',
        kind: 'refused',
        detail: 'The page size must be 1 to 500.',
      });
    }
    for (let page = 1; page <= MAX_PAGES; page += 1) {
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
      const { products, total_pages } = read.data;
      yield products.map(toProduct);
      const last = total_pages == null ? products.length < pageSize : page >= total_pages;
      if (last || products.length === 0) return;
    }
  }

  async function* list(query: CatalogueQuery): AsyncGenerator<CatalogueProduct, void, undefined> {
    for await (const page of pages(query)) yield* page;
  }

  // Only a product that is on sale can be sent as it is: one that is off may be off for its stock, and `active: false`
  // would keep it off for good.
  const padded = async (vendor: string, change: ProductChange): Promise<ProductChange[]> => {
    for await (const other of list({ vendor, pageSize: 10, isActive: true })) {
      const another = other.sku !== undefined && other.sku !== change.sku && !sharesBarcode(other, change);
      if (another && other.active === true) return [change, { sku: other.sku, active: true }];
    }
    return [change];
  };

  return {
    pages,
    list,
    async update(vendor, changes) {
      refuseInvalid(changes);
      const outcomes: BatchOutcome[] = [];
      let fatal: PlatformError | undefined;
      for (const batch of toBatches(changes)) {
        const products = batch.map(productKey);
        try {
          if (fatal !== undefined) throw fatal;
          const [only] = batch;
          const lone = batch.length === 1 && only?.quantity !== undefined;
          const sent = await send(vendor, lone ? await padded(vendor, only) : batch);
          outcomes.push({ ...sent, products });
        } catch (error) {
          if (!(error instanceof PlatformError)) throw error;
          if (error.throttled || error.kind === 'auth-failed') fatal = error;
          outcomes.push({ kind: 'failed', products, error });
        }
      }
      return outcomes;
    },

    async requestExport(vendor) {
      const answer = await call({ operation: 'catalogue.export', params: { vendor } });
      // What this answers is not documented: an empty body is as good as one with a job.
      const started = answer.bytes.byteLength === 0 ? undefined : jobStarted().safeParse(answer.json());
      return started?.success ? { jobId: started.data.job_id } : {};
    },
  };
}

function refuseInvalid(changes: readonly ProductChange[]): void {
  const read = z.array(productChange()).safeParse(changes);
  if (!read.success) {
    throw failed({
      operation: 'catalogue.update',
      kind: 'refused',
      detail: `Not sent: ${describe(read.error.issues)}.`,
    });
  }
}

function sharesBarcode({ barcodes }: CatalogueProduct, { barcode }: ProductChange): boolean {
  return barcode !== undefined && barcodes.includes(barcode);
}

function toProduct(one: z.output<ReturnType<typeof product>>): CatalogueProduct {
  const limit = one.maximum_sales_quantity ?? one.max_sales_quantity;
  const barcodes = one.barcodes ?? one.barcode ?? [];
  return {
    ...(one.sku == null ? {} : { sku: one.sku }),
    barcodes: typeof barcodes === 'string' ? [barcodes] : barcodes,
    ...(one.name == null ? {} : { title: one.name }),
    ...(one.category_global_id == null ? {} : { categoryId: one.category_global_id }),
    ...(one.active == null ? {} : { active: one.active }),
    ...(one.price == null ? {} : { price: one.price }),
    ...(one.quantity == null ? {} : { quantity: one.quantity }),
    ...(limit == null ? {} : { maximumSalesQuantity: limit }),
  };
}
