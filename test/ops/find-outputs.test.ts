import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findOutputs } from '../../ops/find-outputs.ts';

const DEMO = { name: 'demo', region: 'sa-east-1' };
const stack = (name: string) => ({ 'Acopio-demo-Data': { Merchant: 'demo', Name: name } });
const cloudFormation = mockClient(CloudFormationClient);
// Other files of the worker ask CloudFormation too.
afterAll(() => cloudFormation.restore());

describe("a merchant's outputs", () => {
  let folder = '';
  const write = (file: string, content: object) => writeFileSync(join(folder, file), JSON.stringify(content));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'acopio-outputs-'));
    cloudFormation.reset();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are those of the file that is named', async () => {
    write('outputs.demo.json', stack('own'));
    write('named.json', stack('named'));

    expect((await findOutputs(DEMO, join(folder, 'named.json'), folder))('Name')).toBe('named');
  });

  it("are those of the merchant's own file before those of the shared one", async () => {
    write('outputs.json', stack('shared'));
    expect((await findOutputs(DEMO, undefined, folder))('Name')).toBe('shared');

    write('outputs.demo.json', stack('own'));
    expect((await findOutputs(DEMO, undefined, folder))('Name')).toBe('own');
  });

  it('are asked of CloudFormation where no file has them', async () => {
    write('outputs.json', { 'Acopio-other-Data': { Merchant: 'other' } });
    const Outputs = [
      { OutputKey: 'Merchant', OutputValue: 'demo' },
      { OutputKey: 'Name', OutputValue: 'asked' },
    ];
    const Stacks = [
      {
        StackName: 'Acopio-demo-Data',
        Outputs,
        CreationTime: new Date(),
        StackStatus: 'CREATE_COMPLETE' as const,
      },
    ];
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('does not exist'));
    cloudFormation.on(DescribeStacksCommand, { StackName: 'Acopio-demo-Data' }).resolves({ Stacks });

    expect((await findOutputs(DEMO, undefined, folder))('Name')).toBe('asked');
  });

  it('that nobody has lead to what to do', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('does not exist'));

    await expect(findOutputs(DEMO, undefined, folder)).rejects.toThrow(/outputs\.demo\.json.*npm run deploy/);
  });

  it.each([
    ['CredentialsProviderError', /no AWS credentials that work.*aws sso login/],
    ['ExpiredTokenException', /no AWS credentials that work.*aws sso login/],
    ['AccessDenied', /AcopioViewerPolicyArn/],
    ['TimeoutError', /Check the network/],
  ])('that could not be asked for (%s) lead to what to do, and to no deployment', async (name, remedy) => {
    cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error('no'), { name }));

    const said = await findOutputs(DEMO, undefined, folder).catch((error: Error) => error.message);

    expect(said).toMatch(remedy);
    expect(said).not.toMatch(/names no stack|npm run deploy/);
  });

  it('of a cloud that is gone lead to the address that nobody listens at', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error(''), { code: 'ECONNREFUSED' }));

    await expect(findOutputs(DEMO, undefined, folder)).rejects.toThrow(/Nothing was done/);
  });
});
