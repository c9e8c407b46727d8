import type { CatalogueChange } from '../request-schemas.ts';
import type { PedidosYaState, Store } from '../state.ts';
import type { ItemFeedback, Job, JobResult } from './jobs.ts';
import { applyChange, isActive, productFor, rejectionsOf } from './products.ts';

/** Starts the job that carries a batch of changes out. `origin` is where download links lead. */
export function startUpdateJob(
  state: PedidosYaState,
  store: Store,
  changes: readonly CatalogueChange[],
  origin: string,
): Job {
  return startFileJob(state, store, 'update', origin, (job) => {
    job.result = applyBatch(store, changes);
    job.file = feedbackCsv(job.result);
  });
}

/** Starts the job that writes a store's whole catalogue into a file. */
export function startExportJob(state: PedidosYaState, store: Store, origin: string): Job {
  return startFileJob(state, store, 'export', origin, (job) => {
    job.file = exportCsv(store, state.options.maximumField ?? 'maximum_sales_quantity');
  });
}

function startFileJob(
  state: PedidosYaState,
  store: Store,
  kind: 'update' | 'export',
  origin: string,
  run: (job: Job) => void,
): Job {
  const finished = (job: Job) =>
    state.notifier.job(job, job.file === undefined ? undefined : downloadUrl(origin, job));
  return state.jobs.start({ id: state.random.uuid(), kind, vendorId: store.options.id }, { run, finished });
}

function downloadUrl(origin: string, job: Job): string {
  return `${origin}/files/${job.kind}-${job.id}.csv`;
}

function applyBatch(store: Store, changes: readonly CatalogueChange[]): JobResult {
  const feedback: ItemFeedback[] = [];
  const duplicated = new Set<string>();
  const seen = new Set<string>();
  const buffer = store.options.stockBuffer ?? 1;
  for (const change of changes) {
    const product = productFor(store.products, change);
    const sku = product?.sku ?? change.sku ?? change.barcode ?? '';
    // What the platform makes of a repetition is not documented: the first one wins, so that a client may not rely on it.
    if (seen.has(sku)) {
      duplicated.add(sku);
      continue;
    }
    seen.add(sku);
    const rejection_reasons = rejectionsOf(product, change);
    const accepted = product !== undefined && rejection_reasons.length === 0;
    if (accepted) applyChange(product, change, { bulk: true, buffer });
    feedback.push({ sku, status: accepted ? 'ACCEPTED' : 'REJECTED', rejection_reasons });
  }
  return { item_level_feedback: feedback, duplicated_products: [...duplicated] };
}

function feedbackCsv({ item_level_feedback }: JobResult): string {
  const rows = item_level_feedback.map(({ sku, status, rejection_reasons }) => [
    sku,
    status,
    rejection_reasons.map((r) => `${r.rejected_data}: ${r.rejected_reason}`).join(' | '),
  ]);
  return csv([['sku', 'status', 'rejection_reasons'], ...rows]);
}

function exportCsv(store: Store, maximumField: string): string {
  const rows = [...store.products.values()].map((product) => [
    product.sku,
    product.barcodes.join(';'),
    String(product.price),
    String(isActive(product)),
    product.maximum === null ? '' : String(product.maximum),
  ]);
  return csv([['sku', 'barcode', 'price', 'active', maximumField], ...rows]);
}

function csv(rows: readonly (readonly string[])[]): string {
  const field = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => `${row.map(field).join(',')}\n`).join('');
}
