import { type Command, Option } from 'commander';
import { REVIEW_REASONS } from '../functions/domain/order.ts';
import { ORDER_STATUSES } from '../functions/domain/order-words.ts';
import { rebuild } from './commands/emails.ts';
import { attention, dismissRows, find, show } from './commands/inspect.ts';
import { exportOrders, listOrders, tailOrders } from './commands/orders.ts';
import { noteOrders } from './commands/orders-note.ts';
import { replay } from './commands/replay.ts';
import {
  addOrderFilter,
  dryRunOption,
  limitOption,
  platformOption,
  type Run,
  reasonText,
  time,
  whole,
} from './option-values.ts';

/** The commands on orders. */
export function addOrderCommands(program: Command, run: Run): void {
  program
    .command('find <text>')
    .description(
      'find an order by its id, number, courier code, ERP id, tracking code or payment, a customer by either id, or a SKU; both also by e-mail',
    )
    .addOption(
      new Option(
        '--days <n>',
        'read the orders that changed in so many days, where nobody noted what is looked for',
      ).argParser(whole),
    )
    .option('--personal', 'look for an e-mail; that somebody did stands in the audit trail', false)
    .action((text: string, options) => run((context, json) => find(context, text, { ...options, json })));

  program
    .command('emails')
    .description('by which e-mail orders and customers are found')
    .command('rebuild')
    .description('note all of them again: after the key of the hashes was replaced, or could not be read')
    .addOption(dryRunOption())
    .action((options) => run((context, json) => rebuild(context, { ...options, json })));

  program
    .command('show <order>')
    .description('where is my order: its row without the person, how it came, what is kept of it')
    .action((order: string) => run((context, json) => show(context, order, { json })));

  const orders = program.command('orders').description('the orders of all platforms');
  orders
    .command('list')
    .description('what changed last, the newest first')
    .addOption(platformOption())
    .addOption(new Option('--status <status>', 'only these').choices([...ORDER_STATUSES]))
    .option('--not-acknowledged', 'only what the own system has not acknowledged', false)
    .addOption(limitOption(20))
    .action((options) => run((context, json) => listOrders(context, { ...options, json })));
  orders
    .command('show <order>')
    .description('the same as "show"')
    .action((order: string) => run((context, json) => show(context, order, { json })));
  addOrderFilter(orders.command('export'))
    .description(
      'print every order without its person, one JSON object to a line, the one unchanged longest first',
    )
    .action((options) => run((context) => exportOrders(context, options)));
  addOrderFilter(orders.command('note [orders...]'))
    .description(
      'note again by what numbers and codes orders are found, where the tracker gave them up; exit code 1 when any could not be noted',
    )
    .addOption(dryRunOption())
    .action((names: string[], options) =>
      run((context, json) => noteOrders(context, names, { ...options, json })),
    );
  orders
    .command('tail')
    .description('print orders as they change, until Ctrl-C')
    .addOption(platformOption())
    .action((options) => run((context, json) => tailOrders(context, { ...options, json })));

  const review = program
    .command('attention')
    .description('list what needs review; exit code 1 when anything does')
    .addOption(platformOption())
    .action((options) => run((context, json) => attention(context, { ...options, json })));
  review
    .command('dismiss <orders...>')
    .description(
      'take rows off the list that somebody has dealt with elsewhere; they stay, with their reason',
    )
    .requiredOption(
      '--reason <text>',
      'what was done about it, for the audit trail; nothing of a person',
      reasonText,
    )
    .addOption(dryRunOption())
    .action((names: string[], options) =>
      run((context, json) => dismissRows(context, names, { ...options, json })),
    );

  program
    .command('replay [orders...]')
    .description('read kept bytes again, or fetch orders again, and merge what they say')
    .option('--attention', 'everything that needs review', false)
    .addOption(platformOption())
    .addOption(new Option('--state <state>', 'only rows in this state').choices(['ok', 'needs-review']))
    .addOption(new Option('--reason <reason>', 'only rows with this reason').choices([...REVIEW_REASONS]))
    .option('--from <time>', 'only rows changed since', time)
    .option('--to <time>', 'only rows changed until', time)
    .addOption(
      new Option('--source <source>', 'raw: the bytes kept beside the row; fresh: the platform')
        .choices(['raw', 'fresh'])
        .default('raw'),
    )
    .addOption(dryRunOption())
    .action((names: string[], options) =>
      run((context, json) => replay(context, names, { ...options, json })),
    );
}
