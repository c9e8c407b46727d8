import * as z from 'zod';

/** States of a catalogue job (catalogue guide); words we don't know become `unknown`. */
export const JOB_STATUSES = ['QUEUED', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'unknown'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** What came to the webhook: one URL may serve orders and catalogue results, and nothing but the body tells them apart. */
export type PedidosyaWebhook =
  | { kind: 'order'; orderId: string; json: unknown }
  | { kind: 'catalogue-job'; jobId: string; status: JobStatus; vendorId?: string; downloadUrl?: string }
  | { kind: 'unknown'; problem: string };

const id = z.union([z.string().min(1).max(128), z.number().int().transform(String)]);
const word = z.string().nullish().catch(undefined);

const jobResult = z.object({
  job_id: id,
  // Two spellings of the same field are in use among the platform's senders.
  status: word,
  job_status: word,
  platform_vendor_id: id.nullish().catch(undefined),
  download_url: word,
  downloadURL: word,
});

const order = z.object({ order_id: id });

/** The state of a catalogue job in our list, whatever its case. */
export function readJobStatus(text: string | null | undefined): JobStatus {
  const upper = text?.trim().toUpperCase();
  return JOB_STATUSES.find((status) => status === upper) ?? 'unknown';
}

/**
 * Tells an order from a catalogue result by the presence of `job_id` (Partner API: one URL per purpose is configured,
 * and both may be the same). Never throws; the problem names fields, never values.
 */
export function classifyWebhook(json: unknown): PedidosyaWebhook {
  // First the order: should a body ever carry both ids, an order must not be mistaken for a report.
  const asOrder = order.safeParse(json);
  if (asOrder.success) return { kind: 'order', orderId: asOrder.data.order_id, json };
  const job = jobResult.safeParse(json);
  if (job.success) {
    const { data } = job;
    const downloadUrl = data.download_url ?? data.downloadURL;
    return {
      kind: 'catalogue-job',
      jobId: data.job_id,
      status: readJobStatus(data.status ?? data.job_status),
      ...(data.platform_vendor_id ? { vendorId: data.platform_vendor_id } : {}),
      ...(downloadUrl ? { downloadUrl } : {}),
    };
  }
  return { kind: 'unknown', problem: 'neither a usable order_id nor a usable job_id' };
}
