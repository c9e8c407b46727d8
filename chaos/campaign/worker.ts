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

port.on('message', (task: Task) => {
  void run(task).then((answer) => port.postMessage(answer));
});

async function run({ id, kind, seed, hours, only }: Task): Promise<Answer> {
  try {
    const whole = drawKind(kind, seed, hours);
    const plan = only === undefined ? whole : thinOut(whole, only);
    return { id, result: await runWorld(plan), parts: partsOf(plan, whole) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
