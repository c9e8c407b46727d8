import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { merchantNamed } from '../../config/merchant.ts';
import { pascal } from '../../config/output-names.ts';
import type { ObservedCall } from '../../local/cloud/gateway/gateway.ts';
import { openShop, type Shop } from '../../local/shop/shop.ts';
import { UnitCounter } from '../units.ts';

const CHILD = join(import.meta.dirname, 'child.mjs');
export const VARIANTS = 3;
/** A large catalogue grew over years, and some of it came in one evening, from a file. */
const YEARS_MS = 3 * 365 * 86_400_000;
const IN_ONE_EVENING = 0.3;
/** What Lambda gives the function. */
const WHOLE_RUN_MS = 5 * 60_000;
/** More runs than this would mean that it never ends. */
const MOST_RUNS = 40;
const MOST_SHOWN = 1000;

const report = z.object({
  outcome: z.string(),
  products: z
    .object({ seen: z.number(), missing: z.number(), stale: z.number(), failed: z.number() })
    .optional(),
});
const said = z.object({
  answer: z.array(report).min(1),
  wallMs: z.number(),
  cpuMs: z.number(),
  peakMegabytes: z.number(),
});

/** What it took to compare the catalogue once, in one run or several. */
export interface Comparison {
  what: string;
  runs: number;
  seconds: number;
  cpuSeconds: number;
  peakMegabytes: number;
  platformCalls: number;
  awsCalls: number;
  writeUnits: number;
  readUnits: number;
  /** Products that were new, or newer than the table. */
  recorded: number;
  outcome: string;
}

/**
 * Compares the catalogue of a store as its function does: once from nothing, once with nothing changed, and once from nothing
 * with runs that are too short for it.
 *
 * @param shortRunMs how long such a run may take
 */
export async function measureCatalogue(products: number, shortRunMs: number): Promise<Comparison[]> {
  const fresh = async (work: (bench: CatalogueBench) => Promise<Comparison[]>) => {
    const bench = await openBench(products);
    try {
      return await work(bench);
    } finally {
      await bench.shop.close();
    }
  };
  return [
    ...(await fresh(async (bench) => [
      await compare(bench, 'imported', WHOLE_RUN_MS),
      await compare(bench, 'compared again, nothing changed', WHOLE_RUN_MS),
    ])),
    ...(await fresh(async (bench) => [
      await compare(bench, `imported by runs of ${shortRunMs / 1000} s`, shortRunMs),
    ])),
  ];
}

interface CatalogueBench {
  shop: Shop;
  functionName: string;
  counter: UnitCounter;
  calls: { aws: number };
  platformCalls(): number;
}

async function openBench(products: number): Promise<CatalogueBench> {
  const counter = new UnitCounter(() => ({ memoryMb: 512, traced: false, systemLog: false }));
  const calls = { aws: 0 };
  const opened: { functionName?: string } = {};
  const shop = await openShop({
    merchant: merchantNamed('demo'),
    seed: 1,
    onCall(call: ObservedCall) {
      counter.call(call);
      if (call.caller === opened.functionName) calls.aws += 1;
    },
  });
  const store = shop.stores.find(({ fillCatalogue }) => fillCatalogue !== undefined);
  const job = `${pascal(store?.platform.name ?? '')}/Reconcile/`;
  const found = shop.cloud.functions.find(({ path }) => path.includes(job));
  if (store?.fillCatalogue === undefined || found === undefined)
    throw new Error('no platform of the demo can be given a catalogue');
  opened.functionName = found.name;
  const now = Date.now();
  store.fillCatalogue(products, VARIANTS, (at) =>
    at < products * IN_ONE_EVENING ? now - YEARS_MS / 2 : now - YEARS_MS * (at / products),
  );
  const platformCalls = () => store.simulator.calls.length;
  return { shop, functionName: found.name, counter, calls, platformCalls };
}

/** Runs the function again and again, until it says that it is done. */
async function compare(bench: CatalogueBench, what: string, limitMs: number): Promise<Comparison> {
  const { shop, functionName, counter, calls, platformCalls } = bench;
  counter.reset();
  calls.aws = 0;
  const callsBefore = platformCalls();
  const total: Comparison = {
    what,
    runs: 0,
    seconds: 0,
    cpuSeconds: 0,
    peakMegabytes: 0,
    platformCalls: 0,
    awsCalls: 0,
    writeUnits: 0,
    readUnits: 0,
    recorded: 0,
    outcome: 'unfinished',
  };
  while (total.outcome === 'unfinished' && total.runs < MOST_RUNS) {
    const { answer, wallMs, cpuMs, peakMegabytes } = await runOnce(shop, functionName, limitMs);
    const [one] = answer;
    total.runs += 1;
    total.outcome = one?.outcome ?? 'failed';
    total.recorded += (one?.products?.missing ?? 0) + (one?.products?.stale ?? 0);
    total.seconds += wallMs / 1000;
    total.cpuSeconds += cpuMs / 1000;
    total.peakMegabytes = Math.max(total.peakMegabytes, peakMegabytes);
  }
  const { writeUnits, readUnits } = counter.of(functionName);
  return {
    ...total,
    platformCalls: platformCalls() - callsBefore,
    awsCalls: calls.aws,
    writeUnits,
    readUnits,
  };
}

async function runOnce(
  { cloud }: Shop,
  functionName: string,
  limitMs: number,
): Promise<z.output<typeof said>> {
  const { taskRoot, env } = cloud.definitionOf(functionName);
  const input = {
    bundle: join(taskRoot, 'index.js'),
    event: { products: true, only: ['product'] },
    limitMs,
  };
  const child = spawn(process.execPath, [CHILD, JSON.stringify(input), randomUUID()], {
    env: { ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [answer = '', complaint = ''] = await Promise.all(
    [child.stdio[3], child.stderr].map((stream) => text(stream as Readable)),
  );
  if (answer === '') throw new Error(`a run failed: ${complaint.slice(-MOST_SHOWN)}`);
  return said.parse(JSON.parse(answer));
}
