import { type Command, Option } from 'commander';
import { EVENT_TYPES } from '../functions/domain/event.ts';
import { listSetAside, redeliverEvents } from './commands/set-aside.ts';
import {
  addEndpoint,
  listEndpointsThereAre,
  pauseOrResume,
  removeEndpoint,
  rewindEndpoint,
  rotateSecret,
  testEndpoint,
} from './commands/webhooks.ts';
import type { OperatorContext } from './context.ts';
import { place } from './feed-place.ts';
import { dryRunOption, reasonOption } from './option-values.ts';

const EXAMPLES = `
Examples:
  webhooks add https://erp.example.com/acopio --types order.created,order.cancelled
  webhooks test wh-0a1b2c3d4e          (--dry-run says where it would go, and sends nothing)
  webhooks rewind wh-0a1b2c3d4e --to 2026-11-22T12:00:00Z    (a time, an event's number, oldest or head)
  webhooks rotate wh-0a1b2c3d4e        and, once the receiver knows the new secret,
  webhooks rotate wh-0a1b2c3d4e --finish
  webhooks set-aside redeliver wh-0a1b2c3d4e`;

const list = (text: string): string[] => text.split(',').map((one) => one.trim());

/** The commands on the endpoints that events are sent to. */
export function addWebhooks(
  program: Command,
  run: (work: (context: OperatorContext, json: boolean) => Promise<number>) => Promise<void>,
): void {
  const webhooks = program
    .command('webhooks')
    .description("the endpoints of the merchant's own system that events are sent to")
    .addHelpText('after', EXAMPLES);
  webhooks
    .command('add <url>')
    .description('send events to a URL; prints the signing secret, once')
    .option('--types <types>', `only these, with commas between: ${EVENT_TYPES.join(', ')}`, list)
    .addOption(
      new Option('--from <place>', 'the first event')
        .choices(['head', 'oldest'] as const)
        .default('head' as const),
    )
    .addOption(dryRunOption())
    .action((url: string, options) =>
      run((context, json) => addEndpoint(context, url, { ...options, json })),
    );
  webhooks
    .command('list')
    .description('how the endpoints stand; exit code 1 when one needs a person')
    .action(() => run((context, json) => listEndpointsThereAre(context, { json })));
  webhooks
    .command('test <id>')
    .description('send a signed event of type "test" from this machine and show the answer')
    .addOption(dryRunOption())
    .action((id: string, options) => run((context, json) => testEndpoint(context, id, { ...options, json })));
  webhooks
    .command('rewind <id>')
    .description('go on from another place of the feed')
    .requiredOption(
      '--to <place>',
      'head, oldest, the number of the last event to leave out, or a time',
      place,
    )
    .addOption(reasonOption())
    .addOption(dryRunOption())
    .action((id: string, options) =>
      run((context, json) => rewindEndpoint(context, id, { ...options, json })),
    );
  for (const what of ['pause', 'resume'] as const)
    webhooks
      .command(`${what} <id>`)
      .description(what === 'pause' ? 'send nothing until it is resumed' : 'send again, at once')
      .addOption(reasonOption())
      .addOption(dryRunOption())
      .action((id: string, options) =>
        run((context, json) => pauseOrResume(context, id, { ...options, what, json })),
      );
  webhooks
    .command('rotate <id>')
    .description('sign with a second secret too')
    .option('--finish', 'forget the older secret', false)
    .addOption(dryRunOption())
    .action((id: string, options) => run((context, json) => rotateSecret(context, id, { ...options, json })));
  webhooks
    .command('remove <id>')
    .description('forget an endpoint, where it stands, and its secrets')
    .addOption(reasonOption())
    .option('--yes', 'really do it', false)
    .addOption(dryRunOption())
    .action((id: string, options) =>
      run((context, json) => removeEndpoint(context, id, { ...options, json })),
    );
  const aside = webhooks
    .command('set-aside')
    .description('events that an endpoint refused while it took others');
  aside
    .command('list [id]')
    .description('what is set aside; exit code 1 when there is anything')
    .action((id: string | undefined) => run((context, json) => listSetAside(context, id, { json })));
  aside
    .command('redeliver <id> [names...]')
    .description('send again, as the orders stand now: all of it, or what is named')
    .addOption(dryRunOption())
    .action((id: string, names: string[], options) =>
      run((context, json) => redeliverEvents(context, id, names, { ...options, json })),
    );
}
