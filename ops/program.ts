import { Command, InvalidArgumentError, Option } from 'commander';
import { REVIEW_REASONS } from '../functions/domain/order.ts';
import { platforms } from '../functions/platforms/registry.ts';
import {
  countDeadLetters,
  peekDeadLetters,
  purgeDeadLetters,
  redriveDeadLetters,
} from './commands/dead-letters.ts';
import { attention, audit, show } from './commands/inspect.ts';
import { deleteFromOutbox, listOutbox, retryOutbox } from './commands/outbox.ts';
import {
  eraseOrders,
  fetchReport,
  listReports,
  pendingErasures,
  reapplyErasures,
  resumeErasure,
  stopErasure,
} from './commands/privacy.ts';
import { replay } from './commands/replay.ts';
import { createToken, listTokens, revokeToken } from './commands/tokens.ts';
import { addCommands } from './commands-program.ts';
import { type OperatorContext, type OperatorOptions, openContext } from './context.ts';
import { addEventCommands } from './events-program.ts';
import { addWebhooks } from './webhooks-program.ts';

const time = (text: string): number => {
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError('It must be a time such as 2026-11-22 or 2026-11-22T12:00:00Z.');
};
const whole = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
};
const platform = () =>
  new Option('--platform <name>', 'only this platform').choices(platforms().map(({ name }) => name));
const limit = (fallback: number) =>
  new Option('--limit <n>', 'at most so many').argParser(whole).default(fallback);

/** The operator's commands, as the command line offers them. Parsing may throw a CommanderError with its exit code. */
export function createProgram(): Command {
  const program = new Command('npm run ops --')
    // Commander answers 1 for a wrong option, which here means something else.
    .exitOverride()
    .description(
      "Finds, replays and erases orders of a merchant's deployment, by the operator's own AWS credentials.",
    )
    .option('--merchant <name>', 'file in config/merchants, without .json', 'demo')
    .option('--merchant-file <path>', 'a merchant configuration elsewhere')
    .option('--outputs <file>', "outputs of the merchant's stacks", '.acopio/outputs.json')
    .option('--as <who>', 'name in the audit trail (default: user@machine)')
    .option('--json', 'print one JSON object and nothing else', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, or found; 1 not found, not empty, or something still needs a person; 2 it could not run.' +
        '\nAn ORDER is written PLATFORM:ID, or as the whole key of its row. AWS_ENDPOINT_URL points at a local cloud.',
    );

  /** Opens the context of one command and closes it, whatever comes. */
  async function run(work: (context: OperatorContext, json: boolean) => Promise<number>): Promise<void> {
    const options = program.opts<OperatorOptions>();
    const context = await openContext(options);
    try {
      process.exitCode = await work(context, options.json);
    } finally {
      context.close();
    }
  }

  program
    .command('show <order>')
    .description('where is my order: its row without the person, how it came, what is kept of it')
    .action((order: string) => run((context, json) => show(context, order, { json })));

  program
    .command('attention')
    .description('list what needs review')
    .addOption(platform())
    .action((options) => run((context, json) => attention(context, { ...options, json })));

  program
    .command('replay [orders...]')
    .description('read kept bytes again, or fetch orders again, and merge what they say')
    .option('--attention', 'everything that needs review', false)
    .addOption(platform())
    .addOption(new Option('--state <state>', 'only rows in this state').choices(['ok', 'needs-review']))
    .addOption(new Option('--reason <reason>', 'only rows with this reason').choices([...REVIEW_REASONS]))
    .option('--from <time>', 'only rows changed since', time)
    .option('--to <time>', 'only rows changed until', time)
    .addOption(
      new Option('--source <source>', 'raw: the bytes kept beside the row; fresh: the platform')
        .choices(['raw', 'fresh'])
        .default('raw'),
    )
    .option('--dry-run', 'say what would change and write nothing', false)
    .action((orders: string[], options) =>
      run((context, json) => replay(context, orders, { ...options, json })),
    );

  const dlq = program.command('dlq').description('the dead-letter queues of the intake');
  dlq
    .command('count')
    .description('how many messages there are; exit code 1 when there are any')
    .addOption(platform())
    .action((options) => run((context, json) => countDeadLetters(context, { ...options, json })));
  dlq
    .command('peek')
    .description('show messages without their payloads; they stay where they are')
    .addOption(platform())
    .addOption(limit(10))
    .action((options) => run((context, json) => peekDeadLetters(context, { ...options, json })));
  dlq
    .command('redrive')
    .description('send messages back to be processed')
    .addOption(platform())
    .addOption(limit(100_000))
    .action((options) => run((context, json) => redriveDeadLetters(context, { ...options, json })));
  dlq
    .command('purge')
    .description('delete messages for good')
    .addOption(platform())
    .option('--yes', 'really do it', false)
    .action((options) => run((context, json) => purgeDeadLetters(context, { ...options, json })));

  const outbox = program.command('outbox').description('pages that were read and that the queue refused');
  outbox
    .command('list')
    .description('what is set aside, without payloads; exit code 1 when there is anything')
    .addOption(platform())
    .action((options) => run((context, json) => listOutbox(context, { ...options, json })));
  outbox
    .command('retry [ids...]')
    .description('send what is set aside once more: all of it, or what is named')
    .addOption(platform())
    .action((ids: string[], options) =>
      run((context, json) => retryOutbox(context, ids, { ...options, json })),
    );
  outbox
    .command('delete <ids...>')
    .description('delete for good what is set aside')
    .addOption(platform())
    .option('--yes', 'really do it', false)
    .action((ids: string[], options) =>
      run((context, json) => deleteFromOutbox(context, ids, { ...options, json })),
    );

  const privacy = program.command('privacy').description("reports for customers' data requests, and erasure");
  privacy
    .command('reports')
    .description('list the reports that wait to be fetched')
    .action(() => run((context, json) => listReports(context, { json })));
  privacy
    .command('report <id>')
    .description('fetch one report; it holds personal data')
    .option('--to <file>', 'write it to a new file that only you can read')
    .action((id: string, options) => run((context, json) => fetchReport(context, id, { ...options, json })));
  privacy
    .command('erase <orders...>')
    .description('erase the personal data of orders for good')
    .option('--yes', 'really do it', false)
    .action((orders: string[], options) =>
      run((context, json) => eraseOrders(context, orders, { ...options, json })),
    );
  privacy
    .command('pending')
    .description('list the requests to erase a whole store that wait for their time, or were stopped')
    .action(() => run((context, json) => pendingErasures(context, { json })));
  privacy
    .command('stop <store>')
    .description('stop a request to erase a whole store; PLATFORM:STORE_ID')
    .action((store: string) => run((context, json) => stopErasure(context, store, { json })));
  privacy
    .command('resume <store>')
    .description('let a stopped request to erase a store go on, after the whole delay')
    .action((store: string) => run((context, json) => resumeErasure(context, store, { json })));
  privacy
    .command('reapply')
    .description('after a restore: erase again whatever was erased before')
    .option('--ledger-table <name>', 'read the ledger of this control table; the current one when absent')
    .option('--dry-run', 'say what would be erased and write nothing', false)
    .action((options) => run((context, json) => reapplyErasures(context, { ...options, json })));

  const tokens = program
    .command('tokens')
    .description("who may call the API: tokens of the merchant's own system");
  tokens
    .command('create <name>')
    .description('make a token and show it, once')
    .requiredOption('--scopes <scopes...>', 'what it may be let at, such as orders:read')
    .option('--client <name>', 'whose it is; keep it when a token is replaced (default: the name)')
    .action((name: string, options) =>
      run((context, json) => createToken(context, name, { ...options, json })),
    );
  tokens
    .command('list')
    .description('names, clients and scopes of the tokens')
    .action(() => run((context, json) => listTokens(context, { json })));
  tokens
    .command('revoke <name>')
    .description('let nobody in with a token any more, within a minute')
    .action((name: string) => run((context, json) => revokeToken(context, name, { json })));

  addCommands(program, run, platform);
  addWebhooks(program, run);
  addEventCommands(program, run);

  program
    .command('audit')
    .description('who replayed, redrove, purged, erased and fetched what')
    .addOption(limit(20))
    .action((options) => run((context, json) => audit(context, { ...options, json })));

  return program;
}
