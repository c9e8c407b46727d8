import type { RejectedProduct } from '../../../storage/job-results.ts';
import { type JobStatus, readJob } from '../catalogue-job.ts';
import { type Caller, notUnderstood } from './call.ts';

/** Where a catalogue job stands. A COMPLETED job may hold rejected products. */
export interface CatalogueJob {
  jobId: string;
  status: JobStatus;
  /** COMPLETED or FAILED: nothing will change any more. */
  ended: boolean;
  rejected: RejectedProduct[];
  duplicated: string[];
}

export interface CatalogueJobs {
  /** Where a job stands now. @throws PlatformError. */
  get(jobId: string): Promise<CatalogueJob>;
}

export function createCatalogueJobs(call: Caller): CatalogueJobs {
  return {
    async get(jobId) {
      const answer = await call({ operation: 'catalogue.job', params: { job: jobId } });
      const job = readCatalogueJob(answer.json(), jobId);
      if (job === undefined)
        throw notUnderstood('catalogue.job', answer.status, 'There is no job in the answer.');
      return job;
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
