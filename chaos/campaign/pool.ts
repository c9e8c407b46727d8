import { Worker } from 'node:worker_threads';
import type { WorldResult } from '../world/run-world.ts';
import type { Answer, Task, WorkerStart } from './task.ts';

/** Runs worlds on several threads. */
export interface Pool {
  run(task: Omit<Task, 'id'>): Promise<{ result: WorldResult; parts: string[]; seconds: number }>;
  readonly size: number;
  close(): Promise<void>;
}

/** Most of what a world makes is garbage soon: with room for it, little of it is looked at twice. With more, caches miss. */
const YOUNG_MB = 48;

/** Starts `size` threads, each with the code as it is or under one mutation. */
export function createPool(size: number, start: WorkerStart = {}): Pool {
  const waiting: { task: Task; done: (answer: Answer) => void }[] = [];
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const running = new Map<Worker, (answer: Answer) => void>();
  let made = 0;

  const next = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const [worker, job] = [idle.pop(), waiting.shift()];
      if (worker === undefined || job === undefined) return;
      running.set(worker, job.done);
      worker.postMessage(job.task);
    }
  };
  for (let index = 0; index < size; index += 1) {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    const done = (answer: Answer) => {
      const job = running.get(worker);
      running.delete(worker);
      job?.(answer);
    };
    worker.on('message', (answer: Answer) => {
      idle.push(worker);
      done(answer);
      next();
    });
    worker.on('error', (error) => done({ id: -1, error: error.stack ?? error.message }));
    all.add(worker);
    idle.push(worker);
  }
  return {
    size,
    run: (task) =>
      new Promise((resolve, reject) => {
        made += 1;
        const done = (answer: Answer) => {
          if ('result' in answer) resolve(answer);
          else reject(new Error(`world ${task.seed} could not run: ${answer.error}`));
        };
        waiting.push({ task: { ...task, id: made }, done });
        next();
      }),
    close: async () => {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}
