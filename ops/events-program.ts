import type { Command } from 'commander';
import { catchUpEvents, finishRestore } from './commands/events.ts';
import type { OperatorContext } from './context.ts';

/** Opens a context for one command and closes it. */
type Run = (work: (context: OperatorContext, json: boolean) => Promise<number>) => Promise<void>;

/** The commands about the feed of the merchant's own system. */
export function addEventCommands(program: Command, run: Run): void {
  const events = program.command('events').description('the feed that the own system reads');
  events
    .command('catch-up')
    .description(
      'publish the newest state of every order, after changes were not published; goes on where it stopped',
    )
    .option('--restart', 'begin with the first order again', false)
    .action((options) => run((context, json) => catchUpEvents(context, { ...options, json })));

  program
    .command('restore-finish')
    .description('after a table was restored: let the feed begin anew, so that no number comes twice')
    .option('--yes', 'really do it', false)
    .action((options) => run((context, json) => finishRestore(context, { ...options, json })));
}
