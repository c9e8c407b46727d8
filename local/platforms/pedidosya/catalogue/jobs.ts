import type { SimClock } from '../../simulator.ts';
import type { Rejection } from './products.ts';

/** How far a job is. DUPLICATE is for promotions only. */
export type JobStatus = 'QUEUED' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'DUPLICATE';

/** What became of one product of a batch. */
export interface ItemFeedback {
  sku: string;
  status: 'ACCEPTED' | 'REJECTED';
  rejection_reasons: Rejection[];
}

/** A job's result, as the job endpoint gives it. */
export interface JobResult {
  item_level_feedback: ItemFeedback[];
  duplicated_products: string[];
}

/** A piece of work the platform does after it answered. */
export interface Job {
  id: string;
  kind: 'update' | 'export' | 'promotion';
  vendorId?: string;
  status: JobStatus;
  result?: JobResult;
  /** The CSV behind the download URL. */
  file?: string;
}

/** What a job does when its turn comes, and whom to tell at its end. */
export interface JobWork {
  run(job: Job): void;
  finished(job: Job): void;
}

/** The platform's queue of jobs. */
export interface Jobs {
  start(job: Pick<Job, 'id' | 'kind' | 'vendorId'>, work: JobWork): Job;
  get(id: string): Job | undefined;
  /** Lets the next job of a kind end as FAILED. */
  failNext(kind: Job['kind']): void;
  /** Resolves when every job has ended. */
  idle(): Promise<void>;
  stop(): void;
}

/** Makes a queue whose jobs stay `stepMs` in QUEUED and as long in IN_PROGRESS. */
export function createJobs(clock: SimClock, stepMs: number): Jobs {
  const jobs = new Map<string, Job>();
  const failing = new Map<Job['kind'], number>();
  const timers = new Set<() => void>();
  const waiting = new Set<() => void>();
  let open = 0;
  const close = (count: number) => {
    open -= count;
    if (open > 0) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const later = (fn: () => void) => {
    const cancel = clock.setTimeout(() => {
      timers.delete(cancel);
      fn();
    }, stepMs);
    timers.add(cancel);
  };
  const finish = (job: Job, work: JobWork) => {
    const failures = failing.get(job.kind) ?? 0;
    if (failures > 0) {
      failing.set(job.kind, failures - 1);
      job.status = 'FAILED';
    } else {
      job.status = 'COMPLETED';
      work.run(job);
    }
    work.finished(job);
    close(1);
  };
  return {
    start(fields, work) {
      const job: Job = { ...fields, status: 'QUEUED' };
      jobs.set(job.id, job);
      open += 1;
      later(() => {
        job.status = 'IN_PROGRESS';
        later(() => finish(job, work));
      });
      return job;
    },
    get: (id) => jobs.get(id),
    failNext: (kind) => failing.set(kind, (failing.get(kind) ?? 0) + 1),
    idle: () =>
      new Promise((resolve) => {
        if (open === 0) resolve();
        else waiting.add(resolve);
      }),
    stop() {
      for (const cancel of timers) cancel();
      timers.clear();
      close(open);
    },
  };
}
