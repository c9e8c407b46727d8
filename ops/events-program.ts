import { Argument, type Command, InvalidArgumentError } from 'commander';
import { EVENT_TYPES } from '../functions/domain/event.ts';
import { catchUpEvents, finishRestore } from './commands/events.ts';
import { forwardEvents, tailEvents } from './commands/feed-stream.ts';
import { triggerEvent } from './commands/trigger.ts';
import { type Place, place } from './feed-place.ts';
import { dryRunOption, type Run } from './option-values.ts';

const EXAMPLES = `
Examples:
  events tail                                               what is published from now on; Ctrl-C ends it
  --json events tail --from oldest > events.ndjson          all that is kept, and what follows
  events tail --from 2026-11-22T12:00:00Z --types order.cancelled
  events forward --to http://localhost:3000/hooks           the real events, to a program on this machine
  events trigger order.cancelled --to http://localhost:3000/hooks
  events catch-up --dry-run                                 what a catch-up would publish
A program on this machine verifies signatures with the secret that is printed, or with the one that both find in
WEBHOOK_SECRETS. Exit codes of forward and trigger: 1 when an event was not taken.`;

const FROM = 'head, oldest, the number of the last event to leave out, a time, or a cursor of the API';
/** As the API writes them. */
const CURSOR = /^[\w-]+\.[\w-]{12}$/;
const from = (text: string): Place | { cursor: string } => {
  if (CURSOR.test(text)) return { cursor: text };
  try {
    return place(text);
  } catch {
    throw new InvalidArgumentError(`It must be ${FROM}.`);
  }
};
const list = (text: string): string[] => text.split(',').map((one) => one.trim());

/** The commands about the feed of the merchant's own system. */
export function addEventCommands(program: Command, run: Run): void {
  const events = program
    .command('events')
    .description('the feed that the own system reads')
    .addHelpText('after', EXAMPLES);
  const types = `only these, with commas between: ${EVENT_TYPES.join(', ')}`;
  events
    .command('tail')
    .description('print events as they are published, until Ctrl-C; with --json as they are, one to a line')
    .option('--from <place>', FROM, from, 'head' as const)
    .option('--types <types>', types, list)
    .action((options) => run((context, json) => tailEvents(context, { ...options, json })));
  events
    .command('forward')
    .description('send events as they are published to a URL, signed, until Ctrl-C; nothing remembers it')
    .requiredOption('--to <url>', 'https, or http on this machine')
    .option('--from <place>', FROM, from, 'head' as const)
    .option('--types <types>', types, list)
    .addOption(dryRunOption())
    .action((options) => run((context, json) => forwardEvents(context, { ...options, json })));
  events
    .command('trigger')
    .description('make an event up and send it to a URL; it is in no feed, and needs no deployment')
    .addArgument(new Argument('<type>', 'what it says').choices(EVENT_TYPES))
    .option('--to <url>', 'https, or http on this machine; without it the event is printed')
    .addOption(dryRunOption())
    .action(async (type: string, options: { to?: string; dryRun: boolean }) => {
      process.exitCode = await triggerEvent(type, {
        ...options,
        json: program.opts<{ json: boolean }>().json,
      });
    });
  events
    .command('catch-up')
    .description(
      'publish the newest state of every order with its commands, product, customer and SKU, after changes were not published; goes on where it stopped',
    )
    .option('--restart', 'begin with the first order again', false)
    .addOption(dryRunOption())
    .action((options) => run((context, json) => catchUpEvents(context, { ...options, json })));

  program
    .command('restore-finish')
    .description('after a table was restored: let the feed begin anew, so that no number comes twice')
    .option('--yes', 'really do it', false)
    .addOption(dryRunOption())
    .action((options) => run((context, json) => finishRestore(context, { ...options, json })));
}
