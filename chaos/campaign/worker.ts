import { parentPort, workerData } from 'node:worker_threads';
import { mutate } from '../mutations/mutate.ts';
import type { Answer, Task, WorkerStart } from './task.ts';

const port = parentPort;
if (port === null) throw new Error('chaos/campaign/worker.ts runs as a worker only');
const { mutation }: WorkerStart = workerData;
if (mutation !== undefined) mutate(mutation);
// A promise that nobody waits for must not end the worker: in a container it would not end the others' work either.
process.on('unhandledRejection', () => {});

// Only now, so that a mutation is in place before the code it changes is loaded.
const [{ runWorld }, { drawKind }, { partsOf, thinOut }] = await Promise.all([
  import('../world/run-world.ts'),
  import('./draw-kind.ts'),
  import('./parts.ts'),
]);

/** Worlds make errors by the thousand, and hardly any stack is looked at: half of what an error takes. */
const MOST_FRAMES = Error.stackTraceLimit;
Error.stackTraceLimit = 0;

port.on('message', (task: Task) => {
  void answerTo(task).then((answer) => port.postMessage(answer));
});

/** A world that could not run says where: it is the same each time, so it runs again with the stacks. */
async function answerTo(task: Task): Promise<Answer> {
  const answer = await run(task);
  if ('result' in answer) return answer;
  Error.stackTraceLimit = MOST_FRAMES;
  return run(task).finally(() => {
    Error.stackTraceLimit = 0;
  });
}

async function run({ id, kind, seed, hours, only }: Task): Promise<Answer> {
  try {
    const began = performance.now();
    const whole = drawKind(kind, seed, hours);
    const plan = only === undefined ? whole : thinOut(whole, only);
    const result = await runWorld(plan);
    return { id, result, parts: partsOf(plan, whole), seconds: (performance.now() - began) / 1000 };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
