import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Command } from 'commander';
import { replaceSection } from '../readme.ts';
import { measureCloud } from './measure-cloud.ts';
import { type Life, measureLives } from './measure-life.ts';
import type { Comparison, Grown } from './measure-virtual.ts';
import { drawPicture } from './picture.ts';
import { courseOf, growthOf, type Size, sizeOf, type Wave } from './wave.ts';

const SEED = 1;
const SIZES = {
  large: { cloud: [100, 1000, 10_000], virtual: [100, 1000, 10_000, 100_000], lives: 40 },
  long: { cloud: [100, 1000], virtual: [100, 1000, 10_000], lives: 40 },
  short: { cloud: [100, 200], virtual: [100, 1000, 2000], lives: 10 },
};
/** Between these sizes the picture has one point each. */
const COURSE = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];
/** Of the thread with the simulated account. */
const MEMORY = { maxOldGenerationSizeMb: 12_288, maxYoungGenerationSizeMb: 64 };
const PICTURE = new URL('./units.svg', import.meta.url);

interface Report {
  cloud: Size[];
  virtual: Size[];
  comparisons: Comparison[];
  events: number;
  lives: Life[];
}

/** `bench growth`: what an order takes while the table grows. */
export const command = new Command('growth')
  .description(
    'what an order takes of AWS, time and memory in a table of 100 to 10,000 orders: the same everywhere',
  )
  .option('--short', '200 orders on the local cloud, 2,000 on the virtual clock (under a minute)')
  .option('--large', '10,000 orders on the local cloud, 100,000 on the virtual clock (45 minutes, 8 GB)')
  .option('--json', 'print the figures as JSON instead of tables')
  .option('--no-write', 'leave README.md and the picture as they are')
  .action(async (options: { short?: true; large?: true; json?: true; write: boolean }) => {
    const sizes = SIZES[options.short ? 'short' : options.large ? 'large' : 'long'];
    const { waves, comparisons, events } = await inThread(Math.max(...sizes.virtual));
    const lives = await measureLives(SEED, sizes.lives);
    const cloud = await measureCloud(Math.max(...sizes.cloud));
    const report: Report = {
      cloud: sizes.cloud.map((orders) => sizeOf(cloud, orders)),
      virtual: sizes.virtual.map((orders) => sizeOf(waves, orders)),
      comparisons,
      events,
      lives,
    };
    console.log(options.json ? JSON.stringify(report, null, 2) : tables(report));
    const grown = [...growthOf(waves), ...(options.short ? [] : growthInTime(cloud))];
    for (const one of grown) console.error(one);
    if (grown.length > 0) process.exitCode = 1;
    if (!options.write || options.short) return;
    await writeFile(PICTURE, drawPicture(courseOf(waves, COURSE)));
    await replaceSection('growth', `${tables(report)}\n\n![Units of an order](growth/units.svg)`);
  });

/** How many messages come in a batch depends on how busy this machine is, so its SQS requests say nothing of the table. */
const growthInTime = (waves: readonly Wave[]): string[] => growthOf(waves, ['writeUnits', 'readUnits']);

const inThread = (orders: number): Promise<Grown> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { seed: SEED, orders },
      resourceLimits: MEMORY,
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });

function tables({ cloud, virtual, comparisons, events, lives }: Report): string {
  return [
    '| orders in the table | write units | read units | SQS requests | CPU ms | wall ms | most memory | the first tenth: write, read, SQS | the last tenth | write units, last to first |',
    '|---|--:|--:|--:|--:|--:|--:|---|---|--:|',
    ...cloud.map((size) => row(`${count(size)}, local cloud`, size)),
    ...virtual.map((size) => row(`${count(size)}, virtual clock`, size)),
    '',
    `A system that reads the feed read all of its ${events.toLocaleString('en')} events. The machine's load was ${(loadavg()[0] ?? Number.NaN).toFixed(1)}.`,
    '',
    '| a store compared for the first time | orders it lists | run | seconds, of 300 | calls | read units an order |',
    '|---|--:|---|--:|--:|--:|',
    ...comparisons.map(
      ({ platform, seen, outcome, seconds, calls, readUnits }) =>
        `| ${platform} | ${seen} | ${outcome} | ${seconds.toFixed(0)} | ${calls} | ${(readUnits / seen).toFixed(2)} |`,
    ),
    '',
    '| an order of an ordinary day, from its first state to its last | webhooks | calls | events | write units | read units | SQS requests | bytes that stay | bytes that expire |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...lives.map(
      ({ platform, webhooks, calls, events: told, keptBytes, expiringBytes, ...units }) =>
        `| ${[platform, ...[webhooks, calls, told, units.writeUnits, units.readUnits, units.queueRequests].map((value) => value.toFixed(2)), keptBytes.toFixed(0), expiringBytes.toFixed(0)].join(' | ')} |`,
    ),
  ].join('\n');
}

const count = ({ orders }: Size): string => orders.toLocaleString('en');

function row(label: string, { perOrder, first, last, megabytes }: Size): string {
  const units = ({ writeUnits, readUnits, queueRequests }: Size['perOrder']) =>
    [writeUnits, readUnits, queueRequests].map((value) => value.toFixed(2));
  return `| ${[
    label,
    ...units(perOrder),
    perOrder.cpuMs.toFixed(1),
    perOrder.wallMs.toFixed(1),
    `${megabytes.toFixed(0)} MB`,
    units(first).join(', '),
    units(last).join(', '),
    (last.writeUnits / first.writeUnits).toFixed(2),
  ].join(' | ')} |`;
}
