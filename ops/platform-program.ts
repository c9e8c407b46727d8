import { type Command, Option } from 'commander';
import { IMPORT_KINDS } from './actions/import-plan.ts';
import { callPlatform } from './commands/call.ts';
import { connect } from './commands/connect.ts';
import { doctor } from './commands/doctor.ts';
import { importAll } from './commands/import.ts';
import { pausePlatform, resumePlatform } from './commands/pauses.ts';
import { showPlatforms } from './commands/platforms.ts';
import { reconcileNow } from './commands/reconcile.ts';
import { showLimits } from './commands/throttle.ts';
import {
  dryRunOption,
  duration,
  importKinds,
  platformOption,
  type Run,
  reasonText,
  time,
} from './option-values.ts';

const PAUSE_MS = 4 * 3_600_000;

/** The commands on platforms, and on the deployment as a whole. */
export function addPlatformCommands(program: Command, run: Run): void {
  program
    .command('connect <platform> [store]')
    .description('say what a platform needs and where it is found, fill it in, and check it with a call')
    .option(
      '--from-stdin',
      'read the secrets from the standard input: {"CREDENTIAL": {"FIELD": "..."}}',
      false,
    )
    .option('--show-secret', "show once more the secret that goes into the platform's panel", false)
    .addOption(dryRunOption())
    .option('--yes', 'replace what is filled in, and repair the webhooks, without being asked', false)
    .action((name: string, store: string | undefined, options) =>
      run((context, json) => connect(context, name, store, { ...options, json })),
    );

  program
    .command('import [name]')
    .description(
      'bring in what a platform has already: orders, products, customers; PLATFORM, PLATFORM:STORE_ID, or all; exit code 1 when something is left or needs review, 3 when the platform refuses',
    )
    .option('--orders-from <time>', 'orders since then (default: the last 60 days)', time)
    .option('--orders-to <time>', 'orders until then (default: now)', time)
    .addOption(
      new Option('--only <kinds>', 'of orders,products,customers')
        .argParser(importKinds)
        .default(IMPORT_KINDS, 'all of them'),
    )
    .addOption(dryRunOption())
    .option('--yes', 'begin without being asked', false)
    .action((name: string | undefined, options) =>
      run((context, json) => importAll(context, name, { ...options, json })),
    );

  program
    .command('doctor')
    .description(
      'look at everything between the platforms and the own system; exit code 1 when anything is red',
    )
    .option('--alarm-test', 'send a test mail to whoever gets the alarms, and nothing else', false)
    .addOption(dryRunOption())
    .action((options) => run((context, json) => doctor(context, { ...options, json })));

  const group = program
    .command('platforms')
    .description(
      'each store: last order, queue, circuit, limit and who waits, last reconciliation; exit code 1 when one needs a person',
    )
    .action(() => run((context, json) => showPlatforms(context, { json })));
  group
    .command('pause <name>')
    .description(
      'make no call to a platform, or to one store (PLATFORM:STORE_ID), for a time; its webhooks are taken',
    )
    .requiredOption('--reason <text>', 'why, for whoever finds it paused; nothing of a person', reasonText)
    .addOption(
      new Option('--for <time>', 'how long, 7d at the most').argParser(duration).default(PAUSE_MS, '4h'),
    )
    .addOption(dryRunOption())
    .action((name: string, options) =>
      run((context, json) => pausePlatform(context, name, { ...options, json })),
    );
  group
    .command('resume <name>')
    .description('end such a pause before its time; exit code 1 when there is none')
    .addOption(dryRunOption())
    .action((name: string, options) =>
      run((context, json) => resumePlatform(context, name, { ...options, json })),
    );

  program
    .command('call <platform> <method> <path>')
    .description(
      "make a call of a platform's API that has no command of its own; exit code 3 when the platform refuses it, 4 when nobody knows whether it happened",
    )
    .option('--store <id>', 'which store; not needed where there is one')
    .option('--data <json>', 'what is sent, as JSON or as @file')
    .option('--yes', 'call what changes something without being asked', false)
    .addOption(dryRunOption())
    .action((name: string, method: string, path: string, options) =>
      run((context, json) => callPlatform(context, name, method, path, { ...options, json })),
    );

  program
    .command('throttle')
    .description('each limit once: how full it is, which stores share it, and who waits until when')
    .addOption(platformOption())
    .action((options) => run((context, json) => showLimits(context, { ...options, json })));

  program
    .command('reconcile [store]')
    .description('compare with what the platform lists and repair what differs; PLATFORM:STORE_ID, or all')
    .option('--from <time>', 'compare this stretch of time beside what is due anyway', time)
    .option('--to <time>', 'until then (default: now)', time)
    .option('--products', 'compare the whole catalogue too, whenever it was compared last', false)
    .option('--customers', 'compare all customers too, whenever they were compared last', false)
    .addOption(dryRunOption())
    .action((store: string | undefined, options) =>
      run((context, json) => reconcileNow(context, store, { ...options, json })),
    );
}
