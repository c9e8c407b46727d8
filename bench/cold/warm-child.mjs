/**
 * A process that loads a bundle once and calls its handler for each event that it is sent. It answers each with ms of CPU of all
 * threads; while `profiled` is asked for, it samples what runs, and answers the end with a profile.
 */
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { context } from './context.mjs';

const [, , bundle] = process.argv;
const { handler } = createRequire(import.meta.url)(bundle);
const session = new Session();

async function call(event) {
  const cpu = process.cpuUsage();
  const answer = await handler(event, context);
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMs: (user + system) / 1000,
    status: answer?.statusCode,
    failed: answer?.batchItemFailures?.length,
  };
}

async function profiled(order) {
  if (order === 'stop') return session.post('Profiler.stop');
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  return session.post('Profiler.start');
}

process.on('message', async ({ event, order }) => {
  try {
    process.send({ done: order === undefined ? await call(event) : await profiled(order) });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
