/**
 * A fresh process that loads a bundle as Lambda's runtime does and calls its handler once. Writes what both took to file
 * descriptor 3: ms of this clock, and ms of CPU of all threads; what Node itself takes to start is in neither. Beside it the most
 * memory that the process ever held (MB), Node's own included.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { context } from './context.mjs';

const { bundle, event } = JSON.parse(process.argv[2]);
const load = createRequire(import.meta.url);

const since = (start, cpu) => {
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 };
};

const [start, cpu] = [performance.now(), process.cpuUsage()];
const { handler } = load(bundle);
const init = since(start, cpu);
const answer = await handler(event, context);
const total = since(start, cpu);
const peakMb = process.resourceUsage().maxRSS / 1024;
writeSync(
  3,
  JSON.stringify({
    init,
    total,
    peakMb,
    status: answer?.statusCode,
    failed: answer?.batchItemFailures?.length,
  }),
);
process.exit();
