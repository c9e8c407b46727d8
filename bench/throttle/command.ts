import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createMemoryStore } from '../../functions/rate-limit/store.ts';
import { replaceSection } from '../readme.ts';
import { type ConsumerFigures, countConsumer } from './consumer.ts';
import {
  backoff,
  bottleneck,
  flexible,
  maximumConcurrency,
  optimisticLock,
  polling,
  queueRetry,
} from './designs/in-process.ts';
import { reservation } from './designs/reservation.ts';
import { twoPhase } from './designs/two-phase.ts';
import { type Figures, measure } from './measure.ts';
import { callFromOneAddress, type OneAddress } from './one-address.ts';
import { drawPicture } from './picture.ts';
import { consumerScenarios, queueingScenarios } from './queueing-scenarios.ts';
import { measureRealTime, type RealTime } from './real-time.ts';
import type { Scenario } from './scenario.ts';
import { comparison, ownScenarios, urgentScenarios } from './scenarios.ts';
import { type Design, type Run, simulate } from './simulate.ts';
import { comparisonTable, consumerTable, queueingTable, scenarioTable, worstOf } from './table.ts';

const designs: Design[] = [
  backoff,
  queueRetry,
  bottleneck(1),
  bottleneck(50),
  maximumConcurrency,
  flexible,
  polling,
  optimisticLock,
  reservation,
  twoPhase,
];
const drawn = new Set([twoPhase.name, backoff.name, flexible.name, maximumConcurrency.name]);
const LONG_SEEDS = 20;
const PICTURE = new URL('./level.svg', import.meta.url);

interface Report {
  comparison: { backlog: Figures; urgent: Figures }[];
  scenarios: Figures[];
  queueing: Figures[];
  consumer: ConsumerFigures[];
  oneAddress: { apart: OneAddress; shared: OneAddress };
  realTime?: RealTime;
}

/** `bench throttle`: the limiter against its alternatives on a virtual clock, and in real time on the local cloud. */
export const command = new Command('throttle')
  .description('the shared rate limiter against its alternatives: use, refusals, writes, receives, cost')
  .option('--short', 'one seed per scenario and no run in real time (under a minute)')
  .option('--json', 'print the figures as JSON instead of tables')
  .option('--no-write', 'leave README.md and the picture as they are')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const { report, runs } = await play(options.short ? 1 : LONG_SEEDS);
    if (!options.short) report.realTime = await measureRealTime();
    const tables = tablesOf(report, options.short ? 1 : LONG_SEEDS);
    console.log(options.json ? JSON.stringify(report, null, 2) : tables);
    if (!options.write) return;
    await writeFile(PICTURE, drawPicture(runs.filter(({ design }) => drawn.has(design)).reverse()));
    // The short run is a check; only the long one is worth keeping.
    if (!options.short) await replaceSection('throttle', tables);
  });

async function play(seeds: number): Promise<{ report: Report; runs: Run[] }> {
  const shared = createMemoryStore();
  const oneAddress = {
    apart: await callFromOneAddress([createMemoryStore(), createMemoryStore()]),
    shared: await callFromOneAddress([shared, shared]),
  };
  const report: Report = { comparison: [], scenarios: [], queueing: [], consumer: [], oneAddress };
  const runs: Run[] = [];
  const [urgent = comparison] = urgentScenarios;
  for (const design of designs) {
    const run = await simulate(design, comparison, 1);
    runs.push(run);
    report.comparison.push({ backlog: measure(run), urgent: measure(await simulate(design, urgent, 1)) });
  }
  const worst = async (scenario: Scenario) => {
    const figures: Figures[] = [];
    for (let seed = 1; seed <= seeds; seed++) figures.push(measure(await simulate(twoPhase, scenario, seed)));
    return worstOf(figures);
  };
  for (const scenario of [...ownScenarios, ...urgentScenarios]) report.scenarios.push(await worst(scenario));
  for (const scenario of queueingScenarios) report.queueing.push(await worst(scenario));
  for (const scenario of consumerScenarios) report.consumer.push(await countConsumer(scenario, 1));
  return { report, runs };
}

function tablesOf(report: Report, seeds: number): string {
  const real = report.realTime;
  return [
    '### The designs beside each other',
    '',
    'Backlog of 2,000 calls, limit 40 / 2 per second, 50 consumers; the last column from a run with 0.2 urgent calls a second beside the backlog. Per call, in US dollars per million calls. The libraries run their own code on the virtual clock.',
    '',
    comparisonTable(report.comparison),
    '',
    '![Calls per second and level over time](throttle/level.svg)',
    '',
    '### Ours in every scenario',
    '',
    `The worst of ${seeds} seed${seeds === 1 ? '' : 's'}, in brackets where the mean stands before it.`,
    '',
    scenarioTable(report.scenarios),
    '',
    '### Where the platform queues',
    '',
    'A call inside the bucket is answered only once those before it have leaked out: the deployed shape, five consumers of one queue without a window, 40 / 2 per second unless it says otherwise. Urgent calls wait from their arrival until the platform begins to work on them: the p99 of half of the seeds at most, and of the worst. The goals are 2 s, 500 billed ms and 4 dollars.',
    '',
    queueingTable(report.queueing),
    '',
    '### What the consumer asks for beside the call',
    '',
    "Counted while the code that fetches orders works such a load off, over tables in memory; per call. The bucket and the pending fetches are the limit's own, which took 0.35 and 0.88 writes before bulk travelled together; the row's two writes are the order and its bytes.",
    '',
    consumerTable(report.consumer),
    '',
    '### Two deployments behind one source address',
    '',
    `Each takes all that the platform allows the address, in five minutes: ${said(report.oneAddress.apart)} with a bucket each, as they are deployed; ${said(report.oneAddress.shared)} with one bucket for both. Each deployment needs an address of its own, or a share of the rate in its configuration.`,
    ...(real === undefined
      ? []
      : [
          '',
          '### In real time on the local cloud',
          '',
          `${real.calls} calls at 400 / 20 per second from ${real.consumers} consumers: ${real.refused} refused, ${real.usedPercent.toFixed(1)} % of the permitted rate used, ${real.seconds.toFixed(1)} s.`,
        ]),
  ].join('\n');
}

const said = ({ calls, refused }: OneAddress): string =>
  `${Math.round((1000 * refused) / calls)} of 1,000 calls refused`;
