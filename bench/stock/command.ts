import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { USD_PER_MILLION } from '../../lib/cost/prices.ts';
import { percentile } from '../pipeline/percentile.ts';
import { replaceSection } from '../readme.ts';
import { measureChanges, measureThrottled, measureWays, type Used } from './measure.ts';
import { drawPicture } from './picture.ts';

const SEED = 1;
const CHANGES = 1000;
const ORDERS = { long: 400, short: 24 };
const THROTTLED = { long: 400, short: 100 };
/** What the functions have, and what each call of one computes beside its waiting: assumed, because time is virtual here. */
const FUNCTION = { gigabytes: 0.5, cpuMs: 20 };
/** A message is sent, received and deleted; its sending is counted. */
const PER_MESSAGE = 2;
const GOALS = { calls: { number: 25, 'on-off': 8, nothing: 0 }, p50: 5, p99: 30 } as const;
const PICTURE = new URL('./seconds.svg', import.meta.url);

type Report = Awaited<ReturnType<typeof measure>>;

/** `bench stock`: calls, seconds and dollars from a number that changed to what buyers are shown. */
export const command = new Command('stock')
  .description(
    'stock on its way to the channels: calls and dollars per 1,000 changes, seconds from a sale to another channel',
  )
  .option('--short', 'fewer orders')
  .option('--json', 'print the figures as JSON instead of tables')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const report = await measure(options.short === true);
    console.log(options.json ? JSON.stringify(report, null, 2) : tables(report));
    const missed = missedGoals(report);
    if (missed.length > 0) {
      console.error(missed.join('\n'));
      process.exitCode = 1;
    }
    if (!options.write || options.short) return;
    await writeFile(PICTURE, drawPicture(report.ways));
    await replaceSection(
      'stock',
      `${tables(report)}\n\n![Seconds from a sale to another channel](stock/seconds.svg)`,
    );
  });

async function measure(short: boolean) {
  const { calls, used } = await measureChanges(SEED, CHANGES);
  const throttled = await measureThrottled(SEED, short ? THROTTLED.short : THROTTLED.long);
  const ways = await measureWays(SEED, short ? ORDERS.short : ORDERS.long);
  return {
    changes: CHANGES,
    calls,
    throttled,
    ways: ways.map((way) => ({
      ...way,
      p50: percentile(way.seconds, 0.5),
      p99: percentile(way.seconds, 0.99),
    })),
    used,
    usd: usdOf(used),
  };
}

function usdOf({ writeUnits, readUnits, queueRequests, invocations, billedMs }: Used): number {
  const gigabyteSeconds = ((billedMs + invocations * FUNCTION.cpuMs) / 1000) * FUNCTION.gigabytes;
  const millionths =
    writeUnits * USD_PER_MILLION.writeUnit +
    readUnits * USD_PER_MILLION.readUnit +
    (1 + PER_MESSAGE) * queueRequests * USD_PER_MILLION.queueRequest +
    invocations * USD_PER_MILLION.lambdaRequest +
    gigabyteSeconds * USD_PER_MILLION.lambdaGigabyteSecond;
  return millionths / 1e6;
}

const missedGoals = ({ calls, throttled, ways }: Report): string[] => [
  ...calls
    .filter(({ shows, changed }) => changed > GOALS.calls[shows])
    .map(
      ({ platform, shows, changed }) =>
        `${platform}: ${changed} calls, and ${GOALS.calls[shows]} is the goal`,
    ),
  ...(throttled.repeated > 0
    ? [`${throttled.repeated} calls that were too much were made again at their size`]
    : []),
  ...ways
    .filter(({ p50, p99 }) => !(p50 <= GOALS.p50 && p99 <= GOALS.p99))
    .map(
      ({ from, to, p50, p99 }) => `${from} to ${to}: ${p50.toFixed(1)} s (p50) and ${p99.toFixed(1)} s (p99)`,
    ),
];

function tables({ changes, calls, throttled, ways, used, usd }: Report): string {
  return [
    `| calls for ${changes} changes | the first numbers | a change of each | goal |`,
    '|---|--:|--:|--:|',
    ...calls.map(
      ({ platform, shows, first, changed }) =>
        `| ${platform} | ${first} | ${changed} | ${GOALS.calls[shows]} |`,
    ),
    '',
    `With a second limit that weighs each call, ${throttled.calls} calls told ${throttled.told} SKUs: ${throttled.refused} were refused, and ${throttled.repeated} of those were made again at their size.`,
    '',
    '| from a sale to the new stock elsewhere | sales | p50 | p99 |',
    '|---|--:|--:|--:|',
    ...ways.map(
      ({ from, to, seconds, p50, p99 }) =>
        `| ${from} to ${to} | ${seconds.length} | ${p50.toFixed(1)} s | ${p99.toFixed(1)} s |`,
    ),
    '',
    `| ${changes} changes | write units | read units | SQS sends | invocations | seconds of functions | USD |`,
    '|---|--:|--:|--:|--:|--:|--:|',
    `| said in one call | ${used.writeUnits} | ${used.readUnits.toFixed(0)} | ${used.queueRequests} | ${used.invocations} | ${(used.billedMs / 1000).toFixed(1)} | ${usd.toFixed(4)} |`,
  ].join('\n');
}
