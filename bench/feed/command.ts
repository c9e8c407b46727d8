import { loadavg } from 'node:os';
import { Command } from 'commander';
import { MONTH_S } from '../../lib/cost/prices.ts';
import { usdPerMillion } from '../../lib/cost/units.ts';
import { billedAs, openDeployedCloud } from '../deployed-cloud.ts';
import { percentile } from '../pipeline/percentile.ts';
import { replaceSection } from '../readme.ts';
import { UnitCounter } from '../units.ts';
import { addEndpoint } from './endpoint.ts';
import { type Cost, measureEvents, measurePolls, type Rhythm } from './measure-costs.ts';
import { measureLatency } from './measure-latency.ts';
import { createRowWriter } from './rows.ts';

const ONE: Rhythm = { name: 'events one at a time', burst: 1, bursts: 300 };
const BURSTS: Rhythm = { name: 'events in bursts of 50', burst: 50, bursts: 12 };
const SHORT = { one: 12, bursts: 2, polls: 5, warmUp: 4 };
const POLLS = 40;
/** A table that is billed on demand begins with four partitions, and each has a shard. */
const SHARDS = 4;
/** Lambda looks at each shard four times a second. (Lambda guide, "Polling and batching streams".) */
const STREAM_POLL_MS = 250;
/** Events before anything is counted: functions are warm then. */
const WARM_UP = { name: 'warm-up', burst: 10, bursts: 10 };
const GOALS = { one: 1.1, burst: 0.3, p50Ms: 1000, p99Ms: 3000 };

interface Latency {
  what: string;
  p50Ms: number;
  p99Ms: number;
}

interface Report {
  publisher: Cost[];
  /** Not in a short run. */
  deliverer: Cost[];
  readers: Cost[];
  latency: Latency[];
  /** Of the machine over the last minute, where 2 means that two cores were busy. */
  load: number;
}

/** `bench feed`: what the way from a row to the merchant's system costs, counted, and how long it takes. */
export const command = new Command('feed')
  .description("a row's way into the feed and to its readers: units, dollars per million events, latency")
  .option('--short', 'fewer events, and no delivery (20 seconds); the times are not judged')
  .option('--json', 'print the figures as JSON instead of tables')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const report = await measure(options.short === true);
    console.log(options.json ? JSON.stringify(withDollars(report), null, 2) : tables(report));
    const missed = [...missedCosts(report), ...(options.short ? [] : missedTimes(report))];
    if (missed.length > 0) {
      console.error(missed.join('\n'));
      process.exitCode = 1;
    }
    if (options.write && !options.short) await replaceSection('feed', tables(report));
  });

async function measure(short: boolean): Promise<Report> {
  const one = { ...ONE, bursts: short ? SHORT.one : ONE.bursts };
  const bursts = { ...BURSTS, bursts: short ? SHORT.bursts : BURSTS.bursts };
  const polls = short ? SHORT.polls : POLLS;
  const warmUp = { ...WARM_UP, bursts: short ? SHORT.warmUp : WARM_UP.bursts };
  const counter: UnitCounter = new UnitCounter((name) => billedAs(deployed.propertiesOf(name)));
  const deployed = await openDeployedCloud({
    streamShards: SHARDS,
    streamPollMs: STREAM_POLL_MS,
    onCall: (call) => counter.call(call),
    onFunctionLog: (name, line) => counter.line(name, line),
    onInvocation: (invocation) => counter.invocation(invocation),
  });
  try {
    const writer = await createRowWriter(deployed);
    const events = (rhythm: Rhythm) => measureEvents(deployed, writer, counter, rhythm);
    await events(warmUp);
    const publisher = [(await events(one)).publisher, (await events(bursts)).publisher];
    await measurePolls(deployed, writer, counter, { polls: 5, found: 0 });
    const readers = [
      await measurePolls(deployed, writer, counter, { polls, found: 0 }),
      await measurePolls(deployed, writer, counter, { polls: Math.ceil(polls / 5), found: 50 }),
    ];
    const latency = [];
    for (const rhythm of [one, bursts]) {
      const times = await measureLatency(deployed, writer, rhythm);
      latency.push({ what: rhythm.name, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) });
    }
    const deliverer: Cost[] = [];
    if (!short) {
      const endpoint = await addEndpoint(deployed);
      await events(warmUp);
      for (const rhythm of [one, bursts]) deliverer.push((await events(rhythm)).deliverer);
      endpoint.close();
    }
    writer.close();
    return { publisher, deliverer, readers, latency, load: loadavg()[0] ?? Number.NaN };
  } finally {
    await deployed.stop();
  }
}

function missedCosts({ publisher: [one, burst] }: Report): string[] {
  const missed: string[] = [];
  const check = (cost: Cost | undefined, most: number) => {
    const usd = cost === undefined ? Number.NaN : usdPerMillion(cost.per);
    if (!(usd <= most))
      missed.push(`${cost?.what}: ${usd.toFixed(2)} USD per million, and ${most} is the goal`);
  };
  check(one, GOALS.one);
  check(burst, GOALS.burst);
  return missed;
}

const missedTimes = ({ latency }: Report): string[] =>
  latency
    .filter(({ p50Ms, p99Ms }) => !(p50Ms <= GOALS.p50Ms && p99Ms <= GOALS.p99Ms))
    .map(
      ({ what, p50Ms, p99Ms }) =>
        `${what}: shown after ${p50Ms.toFixed(0)} ms (p50) and ${p99Ms.toFixed(0)} ms (p99)`,
    );

const withDollars = (report: Report) => {
  const priced = (costs: readonly Cost[]) =>
    costs.map((cost) => ({ ...cost, usdPerMillion: usdPerMillion(cost.per) }));
  const { publisher, deliverer, readers } = report;
  return {
    ...report,
    publisher: priced(publisher),
    deliverer: priced(deliverer),
    readers: priced(readers),
  };
};

function tables({ publisher, deliverer, readers, latency, load }: Report): string {
  const [idle] = readers.map(({ per }) => usdPerMillion(per) / 1e6);
  const monthly = (everyS: number) => (((idle ?? Number.NaN) * MONTH_S) / everyS).toFixed(2);
  return [
    '### The publisher, for each event',
    '',
    ...costTable(publisher),
    '',
    '### A reader of `GET /v1/events`, for each request',
    '',
    ...costTable(readers),
    '',
    `A reader that asks once a second and finds nothing costs ${monthly(1)} USD a month, one that asks once a minute ${monthly(60)}.`,
    '',
    ...(deliverer.length === 0
      ? []
      : ['### Delivery to one endpoint, for each event', '', ...costTable(deliverer), '']),
    '### From the row to the answer that shows it',
    '',
    '| | p50 | p99 |',
    '|---|--:|--:|',
    ...latency.map(
      ({ what, p50Ms, p99Ms }) => `| ${what} | ${p50Ms.toFixed(0)} ms | ${p99Ms.toFixed(0)} ms |`,
    ),
    '',
    `The machine's load was ${load.toFixed(1)}.`,
  ].join('\n');
}

function costTable(costs: readonly Cost[]): string[] {
  return [
    '| | invocations | CPU ms | GB-s | write units | read units | SQS requests | log bytes | traces | USD per million |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...costs.map(({ what, per }) => {
      const cells = [
        per.invocations.toFixed(2),
        per.cpuMs.toFixed(2),
        per.gigabyteSeconds.toFixed(4),
        per.writeUnits.toFixed(3),
        per.readUnits.toFixed(3),
        per.queueRequests.toFixed(3),
        per.logBytes.toFixed(0),
        per.traces.toFixed(2),
        usdPerMillion(per).toFixed(3),
      ];
      return `| ${what} | ${cells.join(' | ')} |`;
    }),
  ];
}
