import * as z from 'zod';
import { lazily } from '../../../domain/lazily.ts';
import { PlatformError } from '../../../http/errors.ts';
import { describe } from '../../reading/issue-texts.ts';
import { type JobStatus, readJobStatus } from '../catalogue-job.ts';
import type { PedidosyaChain } from '../settings.ts';
import { type Caller, failed, notUnderstood } from './call.ts';
import {
  type CatalogueProduct,
  type CatalogueQuery,
  createCatalogueReads,
  type PedidosyaCatalogueReads,
  text,
} from './catalogue-reads.ts';
import { type ProductChange, productChange, productKey, toBatches, toWire } from './product-change.ts';

/** What became of one batch of changes. */
export type BatchOutcome =
  /** One product: done at once. */
  | { kind: 'done'; products: string[] }
  /** Several: the platform works on them; the job tells which it rejects. */
  | { kind: 'job'; products: string[]; jobId: string; status: JobStatus }
  | { kind: 'failed'; products: string[]; error: PlatformError };

export interface PedidosyaCatalogue extends PedidosyaCatalogueReads {
  /**
   * Sends changes in batches of at most 200, one after the other. A lone quantity is padded with another product of the
   * catalogue, sent as it is, since quantities work in bulk only. A batch that fails does not stop the next, unless the
   * platform is throttling or refuses the credential: then the rest comes back as failed without being sent.
   *
   * @throws PlatformError of kind `refused` when a change is not valid; nothing is sent then.
   */
  update(vendor: string, changes: readonly ProductChange[]): Promise<BatchOutcome[]>;
  /** The same, product by product. */
  list(query: CatalogueQuery): AsyncGenerator<CatalogueProduct, void, undefined>;
  /** Asks for the whole catalogue as a file; where it lies comes to the webhook. @throws PlatformError. */
  requestExport(vendor: string): Promise<{ jobId?: string }>;
}

const jobStarted = lazily(() =>
  z.object({
    // As in what is told of the job later: some write it as a number.
    job_id: z.union([z.string().min(1), z.int().transform(String)]),
    job_status: text(),
    status: text(),
  }),
);

export function createCatalogue(call: Caller, settings: PedidosyaChain): PedidosyaCatalogue {
  const { pages } = createCatalogueReads(call);
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
