import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { channelsOf, type Merchant, merchantFile } from '../../config/merchant.ts';
import { outputsFile, STACKS, type StackPart, stackName } from '../../config/output-names.ts';
import { DeployCommandError, EXIT } from './command-error.ts';
import { concurrencyAdvice } from './concurrency-advice.ts';
import { doBeforeDestroy, leftAfterDestroy, nextSteps } from './next-steps.ts';
import { isToCreate, stepsOf } from './order.ts';
import type { CdkRunner } from './run-cdk.ts';
import type { StackState, Stacks } from './stacks.ts';

/** What a word is about, and what it works with. */
export interface Target {
  readonly merchant: Merchant;
  /** Path of the merchant's configuration. */
  readonly file: string;
  /** Handed to the CDK as they are. */
  readonly flags: readonly string[];
  readonly yes: boolean;
  /** Where templates and outputs are kept, for the operator's commands too. */
  readonly folder: string;
  readonly stacks: Stacks;
  readonly cdk: CdkRunner;
  print(text: string): void;
}

const stackOf = ({ merchant }: Target, part: StackPart): string => stackName(merchant.name, part);

export async function synth(target: Target): Promise<void> {
  await run(target, ['synth', '--quiet', ...contextOf(target), ...target.flags]);
  target.print(
    `The templates of ${target.merchant.name} are in cdk.out. Next: npm run deploy -- ${nameOf(target)}`,
  );
  // Said this early, because AWS takes a day over it.
  const advice = concurrencyAdvice(channelsOf(target.merchant), target.merchant);
  if (advice !== undefined) target.print(`\n${advice}`);
}

export async function bootstrap(target: Target): Promise<void> {
  await requireAccount(target);
  await run(target, ['bootstrap', ...contextOf(target), ...target.flags]);
  target.print(
    `This account is prepared in ${target.merchant.region}. Next: npm run deploy -- ${nameOf(target)}`,
  );
}

export async function diff(target: Target): Promise<void> {
  await requireAccount(target);
  await run(target, ['diff', ...contextOf(target), ...target.flags]);
}

/**
 * Deploys in the order that CloudFormation needs, and protects the Data stack once it stands: AWS must be able to take a
 * create that fails back, and what it could not take back would stand in the way of the next try.
 *
 * @throws DeployCommandError
 */
export async function deploy(target: Target): Promise<void> {
  const { stacks } = target;
  await requireBootstrap(target);
  const deployed = await Promise.all(STACKS.map((part) => stacks.find(stackOf(target, part))));
  const [data] = deployed;
  const creates = isToCreate(data);
  if (creates && data?.isProtected) await stacks.unprotect(stackOf(target, 'Data'));
  const assembly = await assemble(target, creates);
  const steps = stepsOf(
    STACKS.map((part, index) => ({
      deployed: exportsOf(deployed[index]),
      synthesized: exportsIn(assembly, stackOf(target, part)),
    })),
  );
  if (steps === 'conflict') {
    throw new DeployCommandError(
      'this deployment takes something away that other stacks use, and adds something new at once. CloudFormation cannot do ' +
        'both. Deploy twice: first with what is new and what is to go in the configuration, then without what is to go.',
    );
  }
  if (!target.yes)
    target.print(
      'Where permissions change, the CDK shows them and asks. Answer y, or use --yes to be asked nothing.',
    );
  if (steps === 'importers first') {
    target.print('Something is taken away, so the stacks that use it are deployed first.');
    for (const part of ['Operations', 'Integration'] as const) await deployOnly(target, assembly, part);
  }
  const outputs = `${assembly}-outputs.json`;
  rmSync(outputs, { force: true });
  const remember = () => rememberOutputs(outputs, target);
  await run(target, [
    'deploy',
    '--all',
    '--app',
    assembly,
    '--outputs-file',
    outputs,
    ...approval(target),
    ...target.flags,
  ]).catch((error: unknown) => {
    // Stacks that stand have outputs, also where a later one failed: the operator's commands need them then.
    if (existsSync(outputs)) remember();
    throw error;
  });
  if (creates) {
    target.print(
      'Everything stands. The tables and the stack that holds them are protected from deletion now.',
    );
    // Nobody is asked again: this changes no permission.
    await deployOnly({ ...target, yes: true }, await assemble(target, false), 'Data');
  }
  target.print(nextSteps(target.merchant, remember()));
}

/** Removes what works and keeps what holds something. @throws DeployCommandError */
export async function destroy(target: Target): Promise<void> {
  const { stacks, merchant } = target;
  const found = await Promise.all(
    STACKS.map(async (part) => ({ part, stack: await stacks.find(stackOf(target, part)) })),
  );
  const standing = found.filter(({ stack }) => stack !== undefined);
  if (standing.length === 0)
    throw new DeployCommandError(
      `there is no stack of ${merchant.name} in ${merchant.region}. Nothing was removed.`,
    );
  const outputs = Object.assign({}, ...standing.map(({ stack }) => stack?.outputs));
  if (!target.yes) {
    const names = standing.map(({ part }) => stackOf(target, part)).join(', ');
    throw new DeployCommandError(
      `this removes ${names}: no order of ${merchant.name} comes in any more, and every webhook URL ends for good. ` +
        `What stays is listed below. Say it with --yes.\n\n${[...doBeforeDestroy(outputs), leftAfterDestroy(merchant, outputs)].join('\n')}`,
    );
  }
  const data = standing.find(({ part }) => part === 'Data');
  if (data?.stack?.isProtected) await stacks.unprotect(stackOf(target, 'Data'));
  await run(target, ['destroy', '--all', '--force', ...contextOf(target), ...target.flags]);
  // The operator's commands would go on by them, and by names that a later deployment elsewhere does not have.
  rmSync(ownOutputs(target), { force: true });
  target.print(leftAfterDestroy(merchant, outputs));
}

/** What is wrong with credentials, region or network is said here in words of ours; the CDK names no cause. */
async function requireAccount({ stacks }: Target): Promise<void> {
  await stacks.find('CDKToolkit');
}

async function requireBootstrap(target: Target): Promise<void> {
  if ((await target.stacks.find('CDKToolkit')) !== undefined) return;
  throw new DeployCommandError(
    `this account is not prepared for the CDK in ${target.merchant.region}. Do this once: npm run bootstrap -- ${nameOf(target)}`,
  );
}

/** Makes the templates. Returns their folder. */
async function assemble(target: Target, creates: boolean): Promise<string> {
  const folder = join(target.folder, target.merchant.name);
  mkdirSync(folder, { recursive: true });
  const context = [...contextOf(target), '--context', `creates=${creates}`];
  await run(target, ['synth', '--quiet', '--output', folder, ...context]);
  return folder;
}

const deployOnly = (target: Target, assembly: string, part: StackPart): Promise<void> =>
  run(target, [
    'deploy',
    stackOf(target, part),
    '--exclusively',
    '--app',
    assembly,
    ...approval(target),
    ...target.flags,
  ]);

async function run({ cdk }: Target, args: readonly string[]): Promise<void> {
  const code = await cdk(args);
  if (code === 0) return;
  const again =
    args[0] === 'deploy'
      ? ' Correct what it says and deploy again: what a failed first deployment leaves behind does not stand in the way.'
      : '';
  throw new DeployCommandError(
    `the CDK ended with an error (see above). Nothing else was done.${again}`,
    EXIT.refused,
  );
}

const contextOf = ({ file }: Target): string[] => ['--context', `merchantFile=${file}`];
const approval = ({ yes }: Target): string[] => (yes ? ['--require-approval', 'never'] : []);
const nameOf = ({ merchant, file }: Target): string =>
  resolve(file) === merchantFile(merchant.name) ? `--merchant ${merchant.name}` : `--merchant-file ${file}`;
const exportsOf = (stack: StackState | undefined): readonly string[] => stack?.exports ?? [];

const exportedSchema = z.looseObject({
  Outputs: z
    .record(z.string(), z.looseObject({ Export: z.looseObject({ Name: z.string() }).optional() }))
    .default({}),
});

function exportsIn(assembly: string, stack: string): string[] {
  const template = readFileSync(join(assembly, `${stack}.template.json`), 'utf8');
  const { Outputs } = exportedSchema.parse(JSON.parse(template));
  return Object.values(Outputs).flatMap((output) => output.Export?.Name ?? []);
}

const outputsSchema = z.record(z.string(), z.record(z.string(), z.string()));

/** Where the operator's commands look for the outputs of this merchant. */
const ownOutputs = ({ folder, merchant }: Target): string => join(folder, outputsFile(merchant.name));

/** Keeps the outputs of this merchant where the operator's commands look. Returns them, by name. */
function rememberOutputs(file: string, target: Target): Record<string, string> {
  const made = outputsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const own = ownOutputs(target);
  let known: z.output<typeof outputsSchema> = {};
  try {
    known = outputsSchema.parse(JSON.parse(readFileSync(own, 'utf8')));
  } catch {
    // None yet, or not readable: this one takes its place.
  }
  writeFileSync(own, `${JSON.stringify({ ...known, ...made }, null, 2)}\n`);
  return Object.assign({}, ...Object.values(made));
}
