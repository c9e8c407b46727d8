import type { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { checkAccount } from '../../ops/check-account.ts';

const MERCHANT = { name: 'demo', region: 'sa-east-1' };
const outputs = (account = '111111111111', region = 'sa-east-1') => {
  const values: Record<string, string> = { AccountId: account, Region: region };
  return (name: string) => values[name] ?? '';
};
/** Answers as the security token service does, and counts how often. */
function asked(answer: () => object) {
  const calls: string[] = [];
  const send = async (command: object) => {
    calls.push(command.constructor.name);
    return answer();
  };
  return { calls, sts: { send } as unknown as Pick<STSClient, 'send'> };
}
const caller = (Account: string) => ({ Account, Arn: `arn:aws:iam::${Account}:user/ana`, UserId: 'x' });

describe("the operator's account", () => {
  it('is that of the stacks: the command goes on', async () => {
    const { calls, sts } = asked(() => caller('111111111111'));

    await checkAccount(MERCHANT, outputs(), sts);

    expect(calls).toEqual(['GetCallerIdentityCommand']);
  });

  it('is another: the command stops and names both', async () => {
    const { sts } = asked(() => caller('222222222222'));

    const checked = checkAccount(MERCHANT, outputs(), sts);

    await expect(checked).rejects.toThrow(/account 222222222222 .*demo stand in account 111111111111/);
    await expect(checked).rejects.toThrow(/Nothing was done/);
  });

  it("is not asked when the merchant's file means another region: both are named", async () => {
    const { calls, sts } = asked(() => caller('111111111111'));

    await expect(checkAccount(MERCHANT, outputs(undefined, 'us-east-1'), sts)).rejects.toThrow(
      /region sa-east-1, .*stand in us-east-1/,
    );
    expect(calls).toEqual([]);
  });

  it('cannot be told with credentials that ended: the command stops and says what to do', async () => {
    const { sts } = asked(() => {
      throw Object.assign(new Error('The security token included in the request is expired'), {
        name: 'ExpiredToken',
        $metadata: { httpStatusCode: 403, requestId: 'r-1' },
      });
    });

    await expect(checkAccount(MERCHANT, outputs(), sts)).rejects.toThrow(/ExpiredToken.*get-caller-identity/);
  });
});
