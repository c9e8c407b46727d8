import { Argument, Command, Option } from 'commander';
import { release } from '../config/release.ts';
import {
  countDeadLetters,
  peekDeadLetters,
  purgeDeadLetters,
  redriveDeadLetters,
} from './commands/dead-letters.ts';
import { audit } from './commands/inspect.ts';
import { deleteFromOutbox, listOutbox, retryOutbox } from './commands/outbox.ts';
import {
  erasePersons,
  fetchReport,
  listReports,
  pendingErasures,
  reapplyErasures,
  resumeErasure,
  stopErasure,
} from './commands/privacy.ts';
import { createToken, listTokens, revokeToken } from './commands/tokens.ts';
import { ui } from './commands/ui.ts';
import { addCommands } from './commands-program.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';
import { type OperatorContext, type OperatorOptions, openContext } from './context.ts';
import { addEventCommands } from './events-program.ts';
import { addExamples } from './examples.ts';
import { dryRunOption, limitOption, platformOption, portNumber, reasonOption } from './option-values.ts';
import { addOrderCommands } from './order-program.ts';
import { addPlaceCommands } from './places-program.ts';
import { addPlatformCommands } from './platform-program.ts';
import { addMirrorCommands } from './products-program.ts';
import { addStockCommands } from './stock-program.ts';
import { addWebhooks } from './webhooks-program.ts';

/** The operator's commands, as the command line offers them. Parsing may throw a CommanderError with its exit code. */
export function createProgram(): Command {
  const program = new Command('npx acopio')
    // Commander answers 1 for a wrong option, which here means something else.
    .exitOverride()
    .description("Connects, checks and mends a merchant's deployment, by the operator's own AWS credentials.")
    .version(release(), '--version', 'print the release and end')
    .addOption(
      new Option(
        '--merchant <name>',
        'file in config/merchants, without .json (default: the only one beside the demo)',
      ).env('ACOPIO_MERCHANT'),
    )
    .option('--merchant-file <path>', 'a merchant configuration elsewhere')
    .option(
      '--outputs <file>',
      "outputs of the merchant's stacks (default: what the deployment wrote in .acopio, else CloudFormation is asked)",
    )
    .option('--as <who>', 'name in the audit trail (default: user@machine)')
    .option('--json', 'print one JSON object and nothing else', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, or found; 1 not found, not empty, or something still needs a person; 2 it could not run; 3 the ' +
        'platform refused; 4 in doubt, nobody knows whether it happened.' +
        '\nAn ORDER is written PLATFORM:ID, as the API names it, or by its number; "find" takes more. Begin with "doctor".' +
        '\nAWS_ENDPOINT_URL points at a local cloud.',
    );

  /** What the line says of the merchant counts, and not what the variable says beside it. */
  function optionsGiven(): OperatorOptions {
    const { merchant, ...options } = program.opts<OperatorOptions>();
    const isSaid = options.merchantFile === undefined || program.getOptionValueSource('merchant') === 'cli';
    return merchant !== undefined && isSaid ? { merchant, ...options } : options;
  }

  let about: string | undefined;
  program.hook('preAction', (_, command) => {
    const { platform }: { platform?: string } = command.opts();
    about = platform;
  });

  /** Opens the context of one command and closes it, whatever comes. @throws OperatorError where it is about a platform of others */
  async function run(work: (context: OperatorContext, json: boolean) => Promise<number>): Promise<void> {
    const options = optionsGiven();
    const context = await openContext(options);
    try {
      // Nothing would be found there, which reads as if all were well.
      if (about !== undefined) context.channelOf(about);
      process.exitCode = await work(context, options.json);
    } finally {
      context.close();
    }
  }

  addPlatformCommands(program, run);
  addOrderCommands(program, run);
  addMirrorCommands(program, run);
  addStockCommands(program, run);
  addPlaceCommands(program, run);

  const dlq = program.command('dlq').description('the dead-letter queues of the intake');
  dlq
    .command('count')
    .description('how many messages there are; exit code 1 when there are any')
    .addOption(platformOption())
    .action((options) => run((context, json) => countDeadLetters(context, { ...options, json })));
  dlq
    .command('peek')
    .description('show messages without their payloads; they stay where they are')
    .addOption(platformOption())
    .addOption(limitOption(10))
    .action((options) => run((context, json) => peekDeadLetters(context, { ...options, json })));
  dlq
    .command('redrive')
    .description('send messages back to be processed')
    .addOption(platformOption())
    .addOption(limitOption(100_000))
    .addOption(dryRunOption())
    .action((options) => run((context, json) => redriveDeadLetters(context, { ...options, json })));
  dlq
    .command('purge')
    .description('delete messages for good')
    .addOption(platformOption())
    .option('--yes', 'really do it', false)
    .addOption(dryRunOption())
    .action((options) => run((context, json) => purgeDeadLetters(context, { ...options, json })));

  const outbox = program.command('outbox').description('pages that were read and that the queue refused');
  outbox
    .command('list')
    .description('what is set aside, without payloads; exit code 1 when there is anything')
    .addOption(platformOption())
    .action((options) => run((context, json) => listOutbox(context, { ...options, json })));
  outbox
    .command('retry [ids...]')
    .description('send what is set aside once more: all of it, or what is named')
    .addOption(platformOption())
    .addOption(dryRunOption())
    .action((ids: string[], options) =>
      run((context, json) => retryOutbox(context, ids, { ...options, json })),
    );
  outbox
    .command('delete <ids...>')
    .description('delete for good what is set aside')
    .addOption(platformOption())
    .option('--yes', 'really do it', false)
    .addOption(dryRunOption())
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
    .command('erase <things...>')
    .description(
      'erase the personal data of orders and customers for good; PLATFORM:STORE:ID, PLATFORM:STORE:customer:ID',
    )
    .option('--yes', 'really do it', false)
    .addOption(dryRunOption())
    .action((things: string[], options) =>
      run((context, json) => erasePersons(context, things, { ...options, json })),
    );
  privacy
    .command('pending')
    .description('list the requests to erase a whole store that wait for their time, or were stopped')
    .action(() => run((context, json) => pendingErasures(context, { json })));
  privacy
    .command('stop <store>')
    .description('stop a request to erase a whole store; PLATFORM:STORE_ID')
    .addOption(dryRunOption())
    .action((store: string, options) =>
      run((context, json) => stopErasure(context, store, { ...options, json })),
    );
  privacy
    .command('resume <store>')
    .description('let a stopped request to erase a store go on, after the whole delay')
    .addOption(dryRunOption())
    .action((store: string, options) =>
      run((context, json) => resumeErasure(context, store, { ...options, json })),
    );
  privacy
    .command('reapply')
    .description('after a restore: erase again whatever was erased before')
    .option('--ledger-table <name>', 'read the ledger of this control table; the current one when absent')
    .addOption(dryRunOption())
    .action((options) => run((context, json) => reapplyErasures(context, { ...options, json })));

  const tokens = program
    .command('tokens')
    .description("who may call the API: tokens of the merchant's own system");
  tokens
    .command('create <name>')
    .description('make a token and show it, once')
    .requiredOption('--scopes <scopes...>', 'what it may be let at, such as orders:read')
    .option('--client <name>', 'whose it is; keep it when a token is replaced (default: the name)')
    .addOption(reasonOption())
    .addOption(dryRunOption())
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
    .addOption(reasonOption())
    .addOption(dryRunOption())
    .action((name: string, options) =>
      run((context, json) => revokeToken(context, name, { ...options, json })),
    );

  addCommands(program, run, platformOption);
  addWebhooks(program, run);
  addEventCommands(program, run);

  program
    .command('audit')
    .description('who replayed, redrove, purged, erased and fetched what')
    .addOption(limitOption(20))
    .action((options) => run((context, json) => audit(context, { ...options, json })));

  program
    .command('ui')
    .description("serve the operator's page on this machine; its link is printed")
    .addOption(new Option('--port <n>', 'a free one when 0').argParser(portNumber).default(0))
    .option('--write', 'let it change something; every change shows its plan first', false)
    .option('--personal', 'let it show whose an order is; each look stands in the audit trail', false)
    .addOption(new Option('--stay', 'end with the standard input only').default(false).hideHelp())
    .action(async (options) => {
      process.exitCode = await ui(optionsGiven(), options);
    });

  program
    .command('completion')
    .description('print what makes a shell complete the commands of "acopio"; needs no deployment')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      "\nOnce, for bash or zsh: alias acopio='npx acopio'; source <(npx acopio completion bash)" +
        '\nfor fish: npx acopio completion fish > ~/.config/fish/completions/acopio.fish',
    )
    .action((shell: Shell) => {
      process.stdout.write(`${completionScript(shell, program)}\n`);
    });

  addExamples(program);
  return program;
}
