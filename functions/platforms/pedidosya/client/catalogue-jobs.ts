import type { EpochMs } from '../../../domain/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { RejectedProduct } from '../../../storage/job-results.ts';
import { type JobStatus, readJob } from '../catalogue-job.ts';
import { type Caller, failed, notUnderstood } from './call.ts';

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

/** Reads the answer about a job; undefined when it is none. */
export function readCatalogueJob(json: unknown, known: string): CatalogueJob | undefined {
  const read = readJob(json, known);
  if (read?.platformStatus === undefined) return undefined;
  const { jobId, status, ended, rejected = [], duplicated } = read;
  return { jobId, status, ended, rejected: [...rejected], duplicated };
}
