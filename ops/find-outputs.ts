import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Merchant } from '../config/merchant.ts';
import { outputsFile, stackNames } from '../config/output-names.ts';
import { clientConfig } from '../functions/runtime/aws-clients.ts';
import { describeError } from '../functions/runtime/describe-error.ts';
import { connectionHint, credentialsHint, permissionHint } from './failure-hints.ts';
import { OperatorError, type Outputs, outputsIn, readOutputs } from './outputs.ts';

/** Where a deployment leaves the outputs, in this checkout. */
const FOLDER = join(import.meta.dirname, '..', '.acopio');

/**
 * Finds the outputs of a merchant's stacks: in the named file, in the one that the deployment wrote, or else by asking
 * CloudFormation.
 *
 * @throws OperatorError saying what was tried, and how to get them
 */
export async function findOutputs(
  merchant: Pick<Merchant, 'name' | 'region'>,
  file: string | undefined,
  folder = FOLDER,
): Promise<Outputs> {
  if (file !== undefined) return readOutputs(file, merchant.name);
  const own = join(folder, outputsFile(merchant.name));
  if (existsSync(own)) return readOutputs(own, merchant.name);
  const shared = join(folder, 'outputs.json');
  if (existsSync(shared)) {
    try {
      return readOutputs(shared, merchant.name);
    } catch {
      // It may hold other merchants only; CloudFormation knows.
    }
  }
  return askCloudFormation(merchant);
}

async function askCloudFormation({ name, region }: Pick<Merchant, 'name' | 'region'>): Promise<Outputs> {
  const how = `Deploy with "npm run deploy -- --merchant ${name}", or name a file with --outputs.`;
  const client = new CloudFormationClient(clientConfig({ region }));
  try {
    const answers = await Promise.allSettled(
      stackNames(name).map((StackName) => client.send(new DescribeStacksCommand({ StackName }))),
    );
    const Stacks = answers.flatMap((one) => (one.status === 'fulfilled' ? (one.value.Stacks ?? []) : []));
    const [failed] = answers.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
    const hint = connectionHint(failed);
    if (hint !== undefined) throw new OperatorError(hint);
    if (Stacks.length === 0) {
      const noFile = `There is no file .acopio/${outputsFile(name)}, and CloudFormation in ${region}`;
      // Only its own word says that nothing is deployed: whoever cannot ask is not to deploy for that.
      throw new OperatorError(
        failed === undefined || isMissing(failed)
          ? `${noFile} names no stack of ${name}. ${how}`
          : `${noFile} could not be asked (${describeError(failed)}). Nothing was done. ${whatToDo(failed, region)}`,
      );
    }
    return outputsIn({ Stacks }, `CloudFormation in ${region}`, name, how);
  } finally {
    client.destroy();
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && /does not exist/.test(error.message);

const whatToDo = (error: unknown, region: string): string =>
  credentialsHint(error) ??
  permissionHint(error) ??
  `Check the network, and whether "region" of the merchant's file is right: it says ${region}. Or name a file with --outputs.`;
