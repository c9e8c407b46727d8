import { Command } from 'commander';
import { replaceSection } from '../readme.ts';
import { type Comparison, measureCatalogue, VARIANTS } from './measure.ts';

const PRODUCTS = { long: 10_000, short: 400 };
/** Too short for the whole catalogue, long enough for a part of it (ms). */
const SHORT_RUN_MS = { long: 75_000, short: 49_000 };
/** What a function may hold, and what a run may take of its five minutes. */
const GOALS = { megabytes: 400, seconds: 240 } as const;
/** For each product. A new one is read, and written with its entry in the index of changes; a known one is read. */
const MOST_UNITS = { newWrites: 3.5, newReads: 1.1, knownReads: 1.1 };
/** One call for each page of products, and some for the store itself. */
const PAGE = 200;
const OTHER_CALLS = 5;
/** Of a run: its lease, its report, how far it came. Each call takes a unit of its bucket beside. */
const OWN_WRITES = 20;

/** `bench catalogue`: what the import and the comparison of a large catalogue take. */
export const command = new Command('catalogue')
  .description(
    'a catalogue of 10,000 products with 30,000 variants: imported, compared again, imported by runs that are too short',
  )
  .option('--short', '400 products')
  .option('--json', 'print the figures as JSON instead of a table')
  .option('--no-write', 'leave README.md as it is')
  .action(async (options: { short?: true; json?: true; write: boolean }) => {
    const size = options.short ? 'short' : 'long';
    const products = PRODUCTS[size];
    const comparisons = await measureCatalogue(products, SHORT_RUN_MS[size]);
    console.log(
      options.json ? JSON.stringify({ products, comparisons }, null, 2) : table(products, comparisons),
    );
    const missed = missedGoals(products, comparisons);
    if (missed.length > 0) {
      console.error(missed.join('\n'));
      process.exitCode = 1;
    }
    if (options.write && !options.short) await replaceSection('catalogue', table(products, comparisons));
  });

function missedGoals(products: number, [first, again, cut]: readonly Comparison[]): string[] {
  const missed: string[] = [];
  const check = (what: string, value: number | undefined, most: number) => {
    if (!(value !== undefined && value <= most)) missed.push(`${what}: ${value}, and ${most} is the goal`);
  };
  for (const one of [first, again, cut]) {
    if (one?.outcome !== 'done')
      missed.push(`${one?.what}: ended as ${one?.outcome} after ${one?.runs} runs`);
    check(`${one?.what}, MB`, one?.peakMegabytes, GOALS.megabytes);
  }
  check('imported, seconds', first?.seconds, GOALS.seconds);
  check('imported, runs', first?.runs, 1);
  check('imported, calls', first?.platformCalls, products / PAGE + OTHER_CALLS);
  check(
    'imported, write units a product',
    (first?.writeUnits ?? Number.NaN) / products,
    MOST_UNITS.newWrites,
  );
  check('imported, read units a product', (first?.readUnits ?? Number.NaN) / products, MOST_UNITS.newReads);
  check('compared again, recorded', again?.recorded, 0);
  check('compared again, write units', again?.writeUnits, (again?.platformCalls ?? 0) + OWN_WRITES);
  check(
    'compared again, read units a product',
    (again?.readUnits ?? Number.NaN) / products,
    MOST_UNITS.knownReads,
  );
  if (first?.recorded !== products || cut?.recorded !== products)
    missed.push(`${first?.recorded} and ${cut?.recorded} of ${products} products were recorded, each once`);
  return missed;
}

const table = (products: number, comparisons: readonly Comparison[]): string =>
  [
    `| ${products} products, ${products * VARIANTS} variants | runs | seconds | CPU s | most memory | calls of the platform | calls of AWS | write units | read units | recorded |`,
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...comparisons.map(
      (one) =>
        `| ${one.what} | ${one.runs} | ${one.seconds.toFixed(1)} | ${one.cpuSeconds.toFixed(1)} | ${one.peakMegabytes.toFixed(0)} MB | ${one.platformCalls} | ${one.awsCalls} | ${one.writeUnits.toFixed(0)} | ${one.readUnits.toFixed(0)} | ${one.recorded} |`,
    ),
  ].join('\n');
