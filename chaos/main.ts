import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { type CampaignResult, runCampaign } from './campaign/campaign.ts';
import { writeDocument } from './campaign/document.ts';
import { createPool } from './campaign/pool.ts';
import { progressLine } from './campaign/progress.ts';
import { runMutations, sayMutations } from './campaign/run-mutations.ts';
import { runNamedTests, sayTests } from './campaign/run-tests.ts';
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
  only?: string;
  mutations: boolean;
  mutation?: string;
  tests: boolean;
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
  .option('--only <parts>', 'keep nothing of the plan but these parts, as a failing run prints them')
  .option(
    '--mutations',
    'break the functions on purpose, one way after another, and see whether a world notices',
    false,
  )
  .option('--mutation <name>', 'only this one')
  .option('--tests', 'with mutations: see that the named test of each fails on it; runs no worlds', false)
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
  const { seed, hours, workers, json, mutation } = options;
  const chosen = MUTATIONS.filter(({ name }) => mutation === undefined || name === mutation);
  if (chosen.length === 0) throw new Error(`there is no mutation ${mutation}; --mutations runs them all`);
  const progress = progressLine(json);
  if (options.tests) return namedTests(chosen);
  const worldsEach = program.getOptionValueSource('worlds') === 'default' ? 400 : options.worlds;
  const results = await runMutations({
    mutations: chosen,
    seed,
    hours,
    workers,
    worldsEach,
    onResult: (done, name) => progress.show(`${done} of ${chosen.length} mutations (${name})`),
  }).finally(() => progress.end());
  if (mutation === undefined && options.write) await writeDocument(results, { seed, hours });
  process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : sayMutations(results));
  return results.every(({ caught, unseen }) => (caught ?? unseen) !== undefined) ? 0 : 1;
}

async function namedTests(chosen: readonly Mutation[]): Promise<number> {
  const progress = progressLine(options.json);
  const results = await runNamedTests(chosen, (done, name) =>
    progress.show(`${done} of ${chosen.length} mutations (${name})`),
  ).finally(() => progress.end());
  process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : sayTests(results));
  return results.every(({ noticed }) => noticed) ? 0 : 1;
}
