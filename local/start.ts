import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { MerchantConfigError, merchantNamed } from '../config/merchant.ts';
import { DeployError } from '../lib/deploy-error.ts';
import { LocalCloudError } from './cloud/errors.ts';
import { listenForInterruption } from './interruption.ts';
import { runLive } from './shop/live.ts';
import { runOnce } from './shop/once.ts';

const DAY = { live: 12, once: 30 };

const whole = (least: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
};

const program = new Command('npm start --')
  .description(
    "Runs a merchant's whole deployment on this machine, with simulated platforms, and lets a small shop day pass.",
  )
  .option('--merchant <name>', 'file in config/merchants, without .json', 'demo')
  .option('--orders <n>', `orders of the day (default: ${DAY.live}, with --once ${DAY.once})`, whole(1))
  .option('--seed <n>', 'the same seed gives the same day', whole(0), 1)
  .option('--port <n>', 'port of the webhook addresses (default: a free one)', whole(0))
  .option('--keep <folder>', 'keep tables and queues there, over a restart and a kill (default: in memory)')
  .option('--events <file>', 'write every event of the feed there, one JSON document to a line')
  .option('--once', 'run the day at full speed, wait until every queue is empty, and end', false)
  .option('--json', 'with --once: print one JSON summary and nothing else', false)
  .addHelpText(
    'after',
    '\nExit codes: 0 every order of the platforms is in the table in its last state, and every change in the feed; 1 not so; 2 it could not run.',
  )
  .parse();

const { merchant, orders, seed, port, keep, events, once, json } = program.opts<{
  merchant: string;
  orders?: number;
  seed: number;
  port?: number;
  keep?: string;
  events?: string;
  once: boolean;
  json: boolean;
}>();

/** Whatever does not come to an end by then is ended with the process (ms). */
const GRACE_MS = 10_000;

const interruption = listenForInterruption();
interruption.signal.addEventListener('abort', () => {
  setTimeout(() => process.exit(interruption.exitCode()), GRACE_MS).unref();
});
try {
  if (json && !once) throw new DeployError('--json goes with --once: a day that goes on has no summary.');
  const options = {
    merchant: merchantNamed(merchant),
    seed,
    orders: orders ?? (once ? DAY.once : DAY.live),
    ...(port === undefined ? {} : { apiPort: port }),
    ...(keep === undefined ? {} : { keep: resolve(keep) }),
    ...(events === undefined ? {} : { events: resolve(events) }),
    signal: interruption.signal,
  };
  process.exitCode = await (once ? runOnce({ ...options, json }) : runLive(options));
} catch (error) {
  // Whatever was under way ended in the middle, as somebody wished.
  if (interruption.exitCode() !== undefined) process.exit(interruption.exitCode());
  const expected =
    error instanceof DeployError || error instanceof MerchantConfigError || error instanceof LocalCloudError;
  process.stderr.write(
    `acopio: ${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 2;
} finally {
  interruption.release();
}
