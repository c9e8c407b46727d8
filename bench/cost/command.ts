import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { readMerchant } from '../../config/merchant.ts';
import {
  type EventCost,
  type EventCosts,
  eventCosts,
  ORDERS_A_DAY,
  type ReconciliationCost,
  usdOfLooks,
  usdOfRuns,
  withFeed,
} from '../../lib/cost/event-costs.ts';
import { type Units, usdPerMillion } from '../../lib/cost/units.ts';
import { openShop, type Shop } from '../../local/shop/shop.ts';
import type { ShopStore } from '../../local/shop/stores.ts';
import { billedAs, propertiesIn } from '../deployed-cloud.ts';
import { replaceSection } from '../readme.ts';
import { UnitCounter } from '../units.ts';
import { type Counted, type MeasuredEvent, measureEvents, type Rhythm } from './measure.ts';
import { letOrdersCome, measureEmptyRun, measureReconciliation, type Settled } from './reconciliation.ts';
import { StepCounter } from './steps.ts';

const ONE: Rhythm = { name: 'one at a time', burst: 1, bursts: 20 };
const BURSTS: Rhythm = { name: 'in bursts of 50', burst: 50, bursts: 1 };
const ORDERS = 300;
const SHORT = { one: 6, burst: 20, bursts: 1, orders: 40 };
/** Before anything is counted: functions are warm then, and have read their secrets. */
const WARM_UP: Rhythm = { name: 'warm-up', burst: 12, bursts: 2 };
/** A table that is billed on demand begins with four partitions, and each has a shard. */
const STREAM = { streamShards: 4, streamPollMs: 250 };
/**
 * Of events one at a time, by how a platform tells of an order: US dollars for a million with the feed, and what no change may
 * go above.
 */
const GOALS = {
  fetched: { usd: 7.5, mostWriteUnits: 11.2, mostLogBytes: 2300 },
  pushed: { usd: 6.5, mostWriteUnits: 7.5, mostLogBytes: 2160 },
} as const;
type Told = keyof typeof GOALS;
/** US dollars to compare a million orders of which none differs, as often as the schedule does. */
const RECONCILIATION_GOAL_USD = 2;
/** Of one look at an order that does not differ: half a unit for its row of up to 4 KB, and its share of the run. */
const MOST_READ_UNITS_A_LOOK = 0.75;
/** What `npm run docs` reads. */
const FIGURES = new URL('../../docs/event-costs.json', import.meta.url);
/** More digits would only change from run to run. */
const DIGITS = 3;

/** `bench cost`: what an event takes of AWS from the platform to the feed, counted on the local cloud. */
export const command = new Command('cost')
  .description('what an event of each platform takes of AWS: units, dollars per million')
  .option('--short', 'fewer events (five minutes, most of them waiting)')
  .option('--json', 'print the figures as JSON instead of a table')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const { costs, reconciliation } = await measure(options.short === true);
    const shown = tables(costs, reconciliation);
    const figures = { costs: costs.map(priced), reconciliation: reconciliation.map(pricedLooks) };
    console.log(options.json ? JSON.stringify(figures, null, 2) : shown);
    for (const goal of [...costs.flatMap(missedBy), ...reconciliation.flatMap(missedByLooks)])
      console.error(goal);
    const above = [...costs.flatMap(boundsBrokenBy), ...reconciliation.flatMap(boundsBrokenByLooks)];
    for (const bound of above) console.error(bound);
    if (above.length > 0) process.exitCode = 1;
    if (!options.write || options.short) return;
    await replaceSection('cost', shown);
    await writeFile(FIGURES, kept({ events: costs, reconciliation }));
  });

/**
 * The demo with a store of the larger plan, because the time here is real and the limit would be waited for, and with the paths by which
 * all of its orders can be listed.
 */
const MERCHANT = fileURLToPath(new URL('./merchant.json', import.meta.url));

/** What was counted, and how the platform tells of an order; absent of one that is polled, which tells of none. */
type Named = MeasuredEvent & { told?: Told };

async function measure(short: boolean): Promise<{ costs: Named[]; reconciliation: ReconciliationCost[] }> {
  const one = short ? { ...ONE, bursts: SHORT.one } : ONE;
  const bursts = short ? { ...BURSTS, burst: SHORT.burst, bursts: SHORT.bursts } : BURSTS;
  let properties: ReturnType<typeof propertiesIn> = new Map();
  const propertiesOf = (name: string) => {
    const { logicalId = '' } = shop.cloud.functions.find((found) => found.name === name) ?? {};
    return properties.get(logicalId) ?? { MemorySize: 128 };
  };
  const counter = new UnitCounter((name) => billedAs(propertiesOf(name)));
  const merchant = readMerchant(MERCHANT);
  const steps = new StepCounter(
    (name) => shop.cloud.functions.find((found) => found.name === name)?.path ?? name,
    Object.keys(merchant.platforms),
  );
  const shop: Shop = await openShop({
    merchant,
    seed: 1,
    stream: STREAM,
    onCall(call) {
      counter.call(call);
      steps.call(call);
    },
    onFunctionLog: (name, line) => counter.line(name, line),
    onInvocation: (invocation) => counter.invocation(invocation),
  });
  properties = propertiesIn(shop.assembly);
  const counted: Counted = { shop, counter, steps, memoryMbOf: (name) => propertiesOf(name).MemorySize };
  try {
    const costs: Named[] = [];
    const settled: Settled[] = [];
    for (const store of firstStores(shop.stores)) {
      store.webhooks?.configure({ duplicateProbability: 0, reorderProbability: 0 });
      const run = await measureEmptyRun(counted, store);
      await measureEvents(counted, store, WARM_UP);
      for (const rhythm of [one, bursts])
        costs.push({ ...toldBy(store), ...(await measureEvents(counted, store, rhythm)) });
      settled.push({ run, ...(await letOrdersCome(counted, store, short ? SHORT.orders : ORDERS)) });
    }
    const reconciliation: ReconciliationCost[] = [];
    for (const one of settled) reconciliation.push(await measureReconciliation(counted, one));
    return { costs, reconciliation };
  } finally {
    await shop.close();
  }
}

/** One store of each platform. */
const firstStores = (stores: readonly ShopStore[]): ShopStore[] =>
  stores.filter((store, at) => stores.findIndex(({ platform }) => platform === store.platform) === at);

const toldBy = ({ webhooks }: ShopStore): { told?: Told } =>
  webhooks === undefined ? {} : { told: webhooks.carriesOrder ? 'pushed' : 'fetched' };

/** Without the second reader, which is counted apart. */
const whole = (cost: EventCost): number => usdPerMillion(withFeed(cost));
const usdOf = (cost: ReconciliationCost): number =>
  Object.values(usdOfLooks(cost)).reduce((all, usd) => all + usd, 0);

/** The figures as they are kept: what they are made of is not. */
const kept = (costs: EventCosts): string =>
  `${JSON.stringify(eventCosts.parse(costs), (_, value) => (typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value), 2)}\n`;

function missedBy(cost: Named): string[] {
  const goal = cost.told && GOALS[cost.told];
  if (goal === undefined || cost.rhythm !== ONE.name || whole(cost) <= goal.usd) return [];
  const [part, units] = dearest(cost);
  return [
    `${cost.platform}, ${cost.rhythm}: ${whole(cost).toFixed(2)} USD per million events, and ${goal.usd} is the goal. The dearest part is ${part}, with ${units.writeUnits.toFixed(2)} write units, ${units.gigabyteSeconds.toFixed(4)} GB-s and ${units.logBytes.toFixed(0)} bytes of log.`,
  ];
}

const missedByLooks = (cost: ReconciliationCost): string[] =>
  usdOf(cost) <= RECONCILIATION_GOAL_USD
    ? []
    : [
        `${cost.platform}, reconciliation: ${usdOf(cost).toFixed(2)} USD per million orders in ${(cost.looks + cost.sparedLooks).toFixed(0)} looks, and ${RECONCILIATION_GOAL_USD} is the goal.`,
      ];

/** A write or a line more for each event fails the run, and is named. */
function boundsBrokenBy(cost: Named): string[] {
  const goal = cost.told && GOALS[cost.told];
  if (goal === undefined || cost.rhythm !== ONE.name) return [];
  const { writeUnits, logBytes } = withFeed(cost);
  const said = (used: number, what: string, most: number) =>
    used <= most ? [] : [`${cost.platform}: ${used.toFixed(2)} ${what} an event, and ${most} is the most.`];
  return [
    ...said(writeUnits, 'write units', goal.mostWriteUnits),
    ...said(logBytes, 'bytes of log', goal.mostLogBytes),
  ];
}

const boundsBrokenByLooks = ({ platform, look: { readUnits } }: ReconciliationCost): string[] =>
  readUnits <= MOST_READ_UNITS_A_LOOK
    ? []
    : [
        `${platform}, reconciliation: ${readUnits.toFixed(2)} read units a look, and ${MOST_READ_UNITS_A_LOOK} is the most.`,
      ];

function dearest({ parts }: EventCost): [string, Units] {
  const { arrival, feed } = parts;
  return usdPerMillion(arrival) >= usdPerMillion(feed) ? ['arrival', arrival] : ['feed', feed];
}

const priced = (cost: Named) => ({
  ...cost,
  usdPerMillion: {
    together: whole(cost),
    arrival: usdPerMillion(cost.parts.arrival),
    feed: usdPerMillion(cost.parts.feed),
    tracker: usdPerMillion(cost.parts.tracker),
  },
});

const pricedLooks = (cost: ReconciliationCost) => ({ ...cost, usdPerMillionOrders: usdOf(cost) });

function lookRow(label: string, orders: string, look: Units, looks: string, usd: string): string {
  const each = [
    look.invocations.toFixed(4),
    look.cpuMs.toFixed(2),
    look.gigabyteSeconds.toFixed(5),
    look.writeUnits.toFixed(3),
    look.readUnits.toFixed(3),
    look.queueRequests.toFixed(3),
    look.logBytes.toFixed(1),
  ].join(' | ');
  return `| ${label} | ${orders} | ${each} | ${looks} | ${usd} |`;
}

function reconciliationRows(cost: ReconciliationCost): string[] {
  const { platform, orders, look, looks, sparedLook, sparedLooks, run, runsADay } = cost;
  const runs = usdOfRuns(cost, ORDERS_A_DAY).toFixed(2);
  return [
    lookRow(`**${platform}**, its row read`, `${orders}`, look, looks.toFixed(0), usdOf(cost).toFixed(2)),
    ...(sparedLooks === 0
      ? []
      : [lookRow('found current before', `${orders}`, sparedLook, sparedLooks.toFixed(0), '')]),
    lookRow('a run that meets none', '0', run, `${runsADay.toFixed(0)} runs a day`, `${runs} *`),
  ];
}

function tables(costs: readonly Named[], reconciliation: readonly ReconciliationCost[]): string {
  const cells = ({ invocations, cpuMs, gigabyteSeconds, writeUnits, readUnits, ...rest }: Units) =>
    [
      invocations.toFixed(2),
      cpuMs.toFixed(1),
      gigabyteSeconds.toFixed(4),
      writeUnits.toFixed(2),
      readUnits.toFixed(2),
      rest.queueRequests.toFixed(2),
      rest.secretCalls.toFixed(3),
      rest.httpRequests.toFixed(2),
      rest.logBytes.toFixed(0),
      rest.traces.toFixed(2),
    ].join(' | ');
  const row = (label: string, units: Units) =>
    `| ${label} | ${cells(units)} | ${usdPerMillion(units).toFixed(2)} |`;
  return [
    '| an event | invocations | CPU ms | GB-s | write units | read units | SQS requests | secrets | HTTP | log bytes | traces | USD per million |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...costs.flatMap((cost) => [
      row(`**${cost.platform}, ${cost.rhythm}**, with the feed`, withFeed(cost)),
      row('from the platform to the row', cost.parts.arrival),
      row('from the row to the feed', cost.parts.feed),
      row('beside it: what follows the rows', cost.parts.tracker),
    ]),
    '',
    '| an order that is compared and does not differ | orders | invocations | CPU ms | GB-s | write units | read units | SQS requests | log bytes | looks | USD per million orders |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...reconciliation.flatMap(reconciliationRows),
    '',
    `\\* of a million orders where ${ORDERS_A_DAY} come in a day; the idle deployment has it already.`,
    '',
    `The machine's load was ${(loadavg()[0] ?? Number.NaN).toFixed(1)}.`,
  ].join('\n');
}
