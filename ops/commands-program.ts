import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMMANDS } from '../functions/domain/command.ts';
import { listCommands, resolveCommand, retryCommand, sendCommand, showCommand } from './commands/commands.ts';
import type { OperatorContext } from './context.ts';
import { dryRunOption } from './option-values.ts';
import { OperatorError } from './outputs.ts';

const EXAMPLES = `
Examples:
  commands send PLATFORM:9001 cancel --input '{"reason": "inventory", "restock": true}'
  commands send PLATFORM:9001 ready --dry-run   whether it would be kept
  commands list                                 what is under way, in doubt, or failed lately
  commands resolve erp c-17 --done              the platform's panel shows that it happened
  commands resolve erp c-17 --again             it did not happen; do it`;

/** Whole days. */
const days = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number of days, 1 or more.');
};

/** The commands about what the merchant's own system wants done to orders. */
export function addCommands(
  program: Command,
  run: (work: (context: OperatorContext, json: boolean) => Promise<number>) => Promise<void>,
  platform: () => Option,
): void {
  const commands = program
    .command('commands')
    .description('what is to be done to orders at their platforms')
    .addHelpText('after', EXAMPLES);
  commands
    .command('send <order> <command>')
    .description(`have something done to an order: ${COMMANDS.join(', ')}`)
    .option('--input <json>', 'what it is told, as JSON or as @file', '{}')
    .option('--id <id>', 'your own id: the same id again is the same command')
    .addOption(dryRunOption())
    .action((order: string, name: string, options) =>
      run((context, json) => sendCommand(context, order, name, { ...options, json })),
    );
  commands
    .command('list')
    .description('what is under way, in doubt, or failed lately; exit code 1 when something needs a person')
    .addOption(platform())
    .addOption(new Option('--days <n>', 'failed in so many days').argParser(days).default(7))
    .action((options) => run((context, json) => listCommands(context, { ...options, json })));
  commands
    .command('show <client> <id>')
    .description('one command, without what may tell of a person')
    .action((client: string, id: string) =>
      run((context, json) => showCommand(context, client, id, { json })),
    );
  commands
    .command('retry <client> <id>')
    .description('give a command once more that failed, expired or was refused')
    .addOption(dryRunOption())
    .action((client: string, id: string, options) =>
      run((context, json) => retryCommand(context, client, id, { ...options, json })),
    );
  commands
    .command('resolve <client> <id>')
    .description('say how a command ended that is in doubt')
    .option('--done', "the platform's panel shows its effect", false)
    .option('--failed', 'it shows none, and it is not wanted any more', false)
    .option('--again', 'it shows none, and it is still wanted', false)
    .addOption(dryRunOption())
    .action((client: string, id: string, { done, failed, again, dryRun }) =>
      run((context, json) => {
        const [verdict, ...others] = [
          ...(done ? (['done'] as const) : []),
          ...(failed ? (['failed'] as const) : []),
          ...(again ? (['again'] as const) : []),
        ];
        if (verdict === undefined || others.length > 0)
          throw new OperatorError(
            'Say one of --done, --failed and --again: what the panel of the platform shows.',
          );
        return resolveCommand(context, client, id, { verdict, dryRun, json });
      }),
    );
}
