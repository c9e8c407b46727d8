import * as z from 'zod';
import type { EpochMs } from '../../../domain/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { type JobStatus, readJobStatus } from '../webhook.ts';
import { type Caller, failed, notUnderstood } from './call.ts';

/** A product that a job left as it was, and why in the platform's words. */
export interface RejectedProduct {
  /** The SKU, or what the platform names in its place. */
  product: string;
  reasons: string[];
}

/** Where a catalogue job stands. A COMPLETED job may hold rejected products. */
export interface CatalogueJob {
  jobId: string;
  status: JobStatus;
  /** COMPLETED or FAILED: nothing will change any more. */
  ended: boolean;
  rejected: RejectedProduct[];
  duplicated: string[];
}

export interface FollowOptions {
  /** Between two looks; default 10 s. */
  everyMs?: number;
  /** When to give up. */
  until: EpochMs;
}

export interface CatalogueJobs {
  /** Where a job stands now. @throws PlatformError. */
  get(jobId: string): Promise<CatalogueJob>;
  /**
   * Looks until the job has ended, waiting on the injected clock. For programs that may wait; a function learns the end from
   * the webhook, or looks again at its next run. @throws PlatformError; `retry-later` when it has not ended in time.
   */
  follow(jobId: string, options: FollowOptions): Promise<CatalogueJob>;
}

const word = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined);

const feedback = z.object({
  sku: word,
  barcode: word,
  status: word,
  rejection_reasons: z
    .array(z.object({ rejected_data: word, rejected_reason: word }))
    .nullish()
    .catch(undefined),
});

const jobAnswer = z.object({
  job_id: word,
  // Two spellings of the same field are in use.
  job_status: word,
  status: word,
  result: z
    .object({
      item_level_feedback: z.array(z.unknown()).nullish().catch(undefined),
      duplicated_products: z.array(z.unknown()).nullish().catch(undefined),
    })
    .nullish()
    .catch(undefined),
});

export function createCatalogueJobs(call: Caller, clock: Clock): CatalogueJobs {
  const get = async (jobId: string): Promise<CatalogueJob> => {
    const answer = await call({ operation: 'catalogue.job', params: { job: jobId } });
    const job = readCatalogueJob(answer.json(), jobId);
    if (job === undefined)
      throw notUnderstood('catalogue.job', answer.status, 'There is no job in the answer.');
    return job;
  };
  return {
    get,
    async follow(jobId, { until, everyMs = 10_000 }) {
      for (;;) {
        const job = await get(jobId);
        if (job.ended) return job;
        if (clock.now() + everyMs > until) {
          const detail = `The job is ${job.status} and has not ended in time.`;
          throw failed({ operation: 'catalogue.job', kind: 'retry-later', retryAfterMs: everyMs, detail });
        }
        await clock.sleep(everyMs);
      }
    },
  };
}

/** Reads the answer about a job; undefined when it is none. Everything that is not plainly accepted counts as rejected. */
export function readCatalogueJob(json: unknown, jobId: string): CatalogueJob | undefined {
  const read = jobAnswer.safeParse(json);
  if (!read.success || (read.data.job_status == null && read.data.status == null)) return undefined;
  const status = readJobStatus(read.data.job_status ?? read.data.status);
  return {
    jobId: read.data.job_id ?? jobId,
    status,
    ended: status === 'COMPLETED' || status === 'FAILED',
    rejected: (read.data.result?.item_level_feedback ?? []).flatMap(readRejected),
    duplicated: (read.data.result?.duplicated_products ?? []).map(productName),
  };
}

function readRejected(json: unknown): RejectedProduct[] {
  const read = feedback.safeParse(json);
  if (!read.success) return [{ product: 'unknown', reasons: ['feedback that cannot be read'] }];
  const { sku, barcode, status, rejection_reasons } = read.data;
  const reasons = (rejection_reasons ?? []).map((reason) =>
    [reason.rejected_data, reason.rejected_reason].filter(Boolean).join(': '),
  );
  const rejected = reasons.length > 0 || /reject|fail|error|invalid/i.test(status ?? '');
  return rejected ? [{ product: sku ?? barcode ?? 'unknown', reasons }] : [];
}

function productName(json: unknown): string {
  if (typeof json === 'string' || typeof json === 'number') return String(json);
  const read = feedback.safeParse(json);
  return (read.success ? (read.data.sku ?? read.data.barcode) : undefined) ?? 'unknown';
}
