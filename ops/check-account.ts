import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import type { Merchant } from '../config/merchant.ts';
import { PLACE_OUTPUTS } from '../config/output-names.ts';
import { describeError } from '../functions/runtime/describe-error.ts';
import { connectionHint } from './failure-hints.ts';
import { OperatorError, type Outputs } from './outputs.ts';

const identity = z.object({ Account: z.string(), Arn: z.string() });

/**
 * Makes sure that the operator's credentials are of the account in which the merchant's stacks stand, and that the
 * merchant's file means the same region. Asks the security token service, which needs no permission.
 *
 * @throws OperatorError naming both accounts, or both regions, when they differ, or saying why nobody could tell.
 */
export async function checkAccount(
  { name, region }: Pick<Merchant, 'name' | 'region'>,
  outputs: Outputs,
  sts: Pick<STSClient, 'send'>,
): Promise<void> {
  const deployed = { account: outputs(PLACE_OUTPUTS.account), region: outputs(PLACE_OUTPUTS.region) };
  if (region !== deployed.region) {
    throw new OperatorError(
      `The file of merchant ${name} says region ${region}, and its stacks stand in ${deployed.region}. Nothing was done. ` +
        'Correct "region" in the file, or name the outputs of the right deployment with --outputs.',
    );
  }
  const { Account, Arn } = await whoAsks(sts);
  if (Account === deployed.account) return;
  throw new OperatorError(
    `These AWS credentials are of account ${Account} (${Arn}), and the stacks of merchant ${name} stand in account ` +
      `${deployed.account}. Nothing was done. Use credentials of ${deployed.account} (AWS_PROFILE), or name the outputs of ` +
      'the right deployment with --outputs.',
  );
}

async function whoAsks(sts: Pick<STSClient, 'send'>): Promise<z.output<typeof identity>> {
  try {
    return identity.parse(await sts.send(new GetCallerIdentityCommand({})));
  } catch (error) {
    const hint = connectionHint(error);
    if (hint !== undefined) throw new OperatorError(hint);
    throw new OperatorError(
      `AWS does not say whose credentials these are (${describeError(error)}). Nothing was done. Check them with ` +
        '"aws sts get-caller-identity": are there any, and have they expired?',
    );
  }
}
