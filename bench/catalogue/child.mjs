/**
 * A fresh process that loads a bundle as Lambda's runtime does and calls its handler once, with so much time left. Writes to file
 * descriptor 3 what it answered, ms of this clock and of CPU, and the most memory that the process ever held.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const { bundle, event, limitMs } = JSON.parse(process.argv[2]);
const ends = Date.now() + limitMs;
const context = {
  awsRequestId: process.argv[3],
  getRemainingTimeInMillis: () => ends - Date.now(),
};

const start = performance.now();
const { handler } = createRequire(import.meta.url)(bundle);
const answer = await handler(event, context);
const { user, system } = process.cpuUsage();
writeSync(
  3,
  JSON.stringify({
    answer,
    wallMs: performance.now() - start,
    cpuMs: (user + system) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
process.exit();
