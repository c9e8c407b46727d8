import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { type CampaignResult, runCampaign } from './campaign/campaign.ts';
import { writeDocument } from './campaign/document.ts';
import { createPool } from './campaign/pool.ts';
import { progressLine } from './campaign/progress.ts';
import { countNoticed, isInOrder, runMutations, sayMutation } from './campaign/run-mutations.ts';
import { runNamedTests, sayTest } from './campaign/run-tests.ts';
import { sayCampaign } from './campaign/say.ts';
import { MUTATIONS } from './mutations/list.ts';
import type { Mutation } from './mutations/mutation.ts';

const whole = (least: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
};

interface Options {
  seed: number;
  hours: number;
  worlds: number;
  workers: number;
  feed: boolean;
  only?: string;
  mutations: boolean;
  mutation?: string;
  tests: boolean;
  resume: boolean;
  table: boolean;
  shrink: boolean;
  json: boolean;
  write: boolean;
}

const program = new Command('npm run chaos --')
  .description(
    'Lets simulated worlds of orders and faults pass around the real functions, on a virtual clock, and holds each to the ' +
      'promises of the README.',
  )
  .option('--seed <n>', 'seed of the first world; the others count up from it', whole(0), 1)
  .option('--hours <n>', 'virtual hours of a world', whole(1), 6)
  .option('--worlds <n>', 'how many worlds', whole(1), 1)
  .option('--workers <n>', 'threads', whole(1), Math.max(1, availableParallelism()))
  .option(
    '--feed',
    "worlds about the feed: what stands between the rows and the merchant's own system",
    false,
  )
  .option(
    '--only <names>',
    'keep nothing but these, with commas between: parts of the plan, as a failing run prints them, or mutations',
  )
  .option(
    '--mutations',
    'break the functions on purpose, one way after another, and see whether a world notices',
    false,
  )
  .option('--mutation <name>', 'only this one')
  .option('--tests', 'with mutations: see that the named test of each fails on it; runs no worlds', false)
  .option('--resume', 'with mutations: go on where an earlier run of the same code was interrupted', false)
  .option('--table', 'with mutations: write docs/chaos.md from what earlier runs kept; runs nothing', false)
  .option('--no-shrink', 'do not look for the shortest schedule of a failing world')
  .option('--no-write', 'leave docs/chaos.md as it is')
  .option('--json', 'print one JSON document and nothing else', false)
  .addHelpText(
    'after',
    '\nExit codes: 0 every promise held (with --mutations: every mutation was noticed); 1 not so; 2 it could not run.',
  )
  .parse();
const options = program.opts<Options>();

try {
  process.exitCode = options.mutations || options.mutation !== undefined ? await mutations() : await worlds();
} catch (error) {
  process.stderr.write(`acopio: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function worlds(): Promise<number> {
  const { seed, hours, worlds: count, only, shrink, json } = options;
  const pool = createPool(Math.min(options.workers, count));
  const progress = progressLine(json);
  const began = performance.now();
  let result: CampaignResult;
  try {
    result = await runCampaign({
      pool,
      kind: options.feed ? 'feed' : 'all',
      seed,
      hours,
      worlds: count,
      shrinkBudget: shrink ? 120 : 0,
      onWorld: (done, failing) => progress.show(`${done} of ${count} worlds, ${failing} failing`),
      ...(only === undefined ? {} : { only: only.split(',').filter((part) => part !== '') }),
    });
  } finally {
    progress.end();
    await pool.close();
  }
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(
    json ? `${JSON.stringify({ ...result, seconds }, null, 2)}\n` : sayCampaign(result, seconds),
  );
  return result.failing.length === 0 ? 0 : 1;
}

async function mutations(): Promise<number> {
  const chosen = chosenMutations();
  if (options.table) return writeTable();
  if (options.tests) return namedTests(chosen);
  const { seed, hours, workers, json, resume } = options;
  const worldsEach = program.getOptionValueSource('worlds') === 'default' ? 400 : options.worlds;
  const results = await runMutations({
    mutations: chosen,
    seed,
    hours,
    workers,
    worldsEach,
    resume,
    onResult: (result, done) => say(`${done}/${chosen.length} ${sayMutation(result)}`),
  });
  if (chosen.length === MUTATIONS.length && options.write) await writeTable();
  if (json) print(results.map(({ mutation: { name, harm }, found }) => ({ name, harm, ...found })));
  say(countNoticed(results));
  return results.every(isInOrder) ? 0 : 1;
}

async function namedTests(chosen: readonly Mutation[]): Promise<number> {
  const results = await runNamedTests({
    mutations: chosen,
    resume: options.resume,
    onResult: (result, done) => say(`${done}/${chosen.length} ${sayTest(result)}`),
  });
  if (options.json) print(results);
  say(`${results.filter(({ noticed }) => noticed).length} of ${results.length} are in order`);
  return results.every(({ noticed }) => noticed) ? 0 : 1;
}

async function writeTable(): Promise<number> {
  const old = await writeDocument(MUTATIONS);
  if (old.length > 0) say(`of other code than there is now: ${old.join(', ')}`);
  return 0;
}

/** The mutations that are asked for. @throws Error for a name that none has. */
function chosenMutations(): readonly Mutation[] {
  const names = [options.mutation ?? '', ...(options.only ?? '').split(',')].filter((name) => name !== '');
  const unknown = names.find((name) => !MUTATIONS.some((mutation) => mutation.name === name));
  if (unknown !== undefined) throw new Error(`there is no mutation ${unknown}; --mutations runs them all`);
  return names.length === 0 ? MUTATIONS : MUTATIONS.filter(({ name }) => names.includes(name));
}

/** A line for a person, as soon as there is something to say: long runs are watched, and may be interrupted. */
function say(line: string): void {
  if (!options.json) process.stdout.write(`${line}\n`);
}

function print(results: object): void {
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}
