import { join } from 'node:path';
import { Command, Option } from 'commander';
import {
  knownMerchants,
  type Merchant,
  merchantFile,
  merchantIn,
  merchantNamed,
} from '../../config/merchant.ts';
import { DeployCommandError } from './command-error.ts';
import { type CdkRunner, runCdk } from './run-cdk.ts';
import { openStacks, type Stacks } from './stacks.ts';
import { bootstrap, deploy, destroy, diff, synth, type Target } from './words.ts';

interface Options {
  merchant?: string;
  merchantFile?: string;
  profile?: string;
  yes?: boolean;
}

/** What a word reaches outside the program. Tests hand in their own. */
export interface Reach {
  stacks(merchant: Merchant): Stacks;
  cdk: CdkRunner;
  /** Where templates and outputs are kept. */
  folder: string;
  print(text: string): void;
}

const REAL: Reach = {
  stacks: ({ region }) => openStacks(region),
  cdk: runCdk,
  folder: join(import.meta.dirname, '..', '..', '.acopio'),
  print: (text) => void process.stdout.write(`${text}\n`),
};

const CODES = '\nExit codes: 0 done; 1 AWS or the CDK refused; 2 it could not run, and says what to do.';
const FLAGS =
  '\nFlags that are not listed here go to the CDK as they are (npx cdk <word> --help lists them).';

/** The words, as the command line offers them. */
export function createProgram(reach: Reach = REAL): Command {
  const program = new Command('npm run')
    .exitOverride()
    .description("Deploys a merchant's integration to AWS.");

  const word = (name: string, does: string, example: string, work: (target: Target) => Promise<void>) => {
    const command = program
      .command(name)
      .usage('-- --merchant NAME [flags of the CDK]')
      .description(does)
      .option('--merchant <name>', 'file in config/merchants, without .json')
      .option('--merchant-file <path>', 'a merchant configuration elsewhere')
      .option('--profile <name>', 'profile of the AWS credentials (or set AWS_PROFILE)')
      .allowUnknownOption()
      .allowExcessArguments()
      .addHelpText('after', `\nExample: ${example}${FLAGS}${CODES}`)
      .action(async (options: Options, { args }: Command) => {
        if (options.profile !== undefined) process.env.AWS_PROFILE = options.profile;
        await work(targetOf(name, options, args, reach));
      });
    command.exitOverride();
    return command;
  };

  word(
    'synth',
    'makes the templates in cdk.out, and checks them; needs no AWS account',
    'npm run synth -- --merchant demo',
    synth,
  );
  word(
    'bootstrap',
    'prepares an account and region for the CDK; once for each',
    'npm run bootstrap -- --merchant demo',
    bootstrap,
  );
  word('diff', 'shows what a deployment would change', 'npm run diff -- --merchant demo', diff);
  word(
    'deploy',
    "creates or updates the merchant's stacks, and prints what is left to do.\n" +
      'Where permissions change, the CDK shows them and asks; --yes answers for you.',
    'npm run deploy -- --merchant demo --yes',
    deploy,
  ).addOption(new Option('--yes', 'ask nothing: for CI (--require-approval never)'));
  word(
    'destroy',
    'removes the functions, alarms and webhooks. Tables, secrets and queues stay, and it prints how to delete them.\n' +
      'Without --yes it only says what would go and what would stay.',
    'npm run destroy -- --merchant demo --yes',
    destroy,
  ).addOption(new Option('--yes', 'really do it'));
  return program;
}

function targetOf(word: string, options: Options, flags: readonly string[], reach: Reach): Target {
  const merchant = merchantOf(word, options);
  const file = options.merchantFile ?? merchantFile(options.merchant ?? '');
  return {
    merchant,
    file,
    flags,
    yes: options.yes ?? false,
    stacks: reach.stacks(merchant),
    cdk: reach.cdk,
    folder: reach.folder,
    print: reach.print,
  };
}

function merchantOf(word: string, { merchant, merchantFile: file }: Options): Merchant {
  if (file !== undefined) return merchantIn(file, merchant);
  if (merchant !== undefined) return merchantNamed(merchant);
  const examples = knownMerchants().map((name) => `  npm run ${word} -- --merchant ${name}`);
  throw new DeployCommandError(
    `name the merchant. Each has a file in config/merchants; type one of these:\n${examples.join('\n')}`,
  );
}
