import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { channelsOf, merchantNamed } from '../../config/merchant.ts';
import { release } from '../../config/release.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { releaseFinding, skewFinding } from '../../ops/doctor/account-findings.ts';
import { endpointFindings } from '../../ops/doctor/endpoint-findings.ts';
import { type Finding, green, worst } from '../../ops/doctor/finding.ts';
import { lookAt } from '../../ops/doctor/look.ts';
import { concurrencyFinding } from '../../ops/doctor/work-findings.ts';

const NOW = Date.parse('2026-11-22T12:00:00.500Z');

describe('the clock of this machine', () => {
  it.each([
    [0, 'green', /0\.0 s/],
    [4_000, 'green', /4\.0 s ahead/],
    [-20_000, 'yellow', /20\.0 s behind/],
    [300_000, 'red', /300\.0 s ahead/],
  ])('%d ms off is %s', (offMs, level, why) => {
    const finding = skewFinding(NOW - 500, NOW + offMs);

    expect(finding).toMatchObject({ level, why: expect.stringMatching(why) as string });
  });

  it('is not judged where AWS names no time', () => {
    expect(skewFinding(undefined, NOW)).toMatchObject({ level: 'unknown' });
  });
});

describe('the release that is deployed', () => {
  const cloudFormation = mockClient(CloudFormationClient);
  afterEach(() => cloudFormation.reset());
  afterAll(() => cloudFormation.restore());
  /** The file of outputs says what this checkout deployed. */
  const context = { merchant: merchantNamed('demo'), outputs: () => release() };
  const stackWith = (...Outputs: { OutputKey: string; OutputValue: string }[]) =>
    cloudFormation.on(DescribeStacksCommand, { StackName: 'Acopio-demo-Data' }).resolves({
      Stacks: [
        {
          StackName: 'Acopio-demo-Data',
          CreationTime: new Date(NOW),
          StackStatus: 'CREATE_COMPLETE',
          Outputs,
        },
      ],
    });

  it('is fine where CloudFormation names the one of this checkout', async () => {
    stackWith({ OutputKey: 'Release', OutputValue: release() });

    expect(await releaseFinding(context)).toMatchObject({ level: 'green' });
  });

  it('is another one where somebody deployed from elsewhere, whatever the file of outputs says', async () => {
    stackWith({ OutputKey: 'Release', OutputValue: '99.0.0' });

    expect(await releaseFinding(context)).toMatchObject({
      level: 'yellow',
      why: expect.stringMatching(/^99\.0\.0 is deployed/) as string,
      next: expect.stringContaining('npm run deploy -- --merchant demo') as string,
    });
  });

  it('is an older one where its stack does not name it', async () => {
    stackWith({ OutputKey: 'Merchant', OutputValue: 'demo' });

    expect(await releaseFinding(context)).toMatchObject({
      level: 'yellow',
      why: expect.stringMatching(/^an older one is deployed/) as string,
    });
  });

  it('is not known where CloudFormation may not be asked', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDenied' });
    cloudFormation.on(DescribeStacksCommand).rejects(denied);

    expect(await releaseFinding(context)).toMatchObject({
      level: 'unknown',
      why: expect.stringMatching(/does not say what is deployed: AccessDenied/) as string,
      next: expect.stringContaining('AcopioViewerPolicyArn') as string,
    });
  });
});

describe('what an account runs at once', () => {
  const merchant = merchantNamed('demo');
  const channels = channelsOf(merchant);

  it('is too little where the worst moment needs more', () => {
    const finding = concurrencyFinding({ channels, merchant: { ...merchant, concurrentExecutions: 10 } });

    expect(finding).toMatchObject({
      level: 'yellow',
      why: expect.stringMatching(/^30 .* account runs 10$/) as string,
    });
  });

  it('is enough in an account that AWS has raised', () => {
    const finding = concurrencyFinding({ channels, merchant: { ...merchant, concurrentExecutions: 1000 } });

    expect(finding).toMatchObject({ level: 'green' });
  });
});

describe('an endpoint that was stopped', () => {
  async function findingOf(why: string): Promise<Finding | undefined> {
    const stopped = { id: 'wh-1', status: why === 'gone' ? 'disabled' : 'paused', why };
    const webhooks = { list: async () => [stopped] };
    const context = { webhooks, control: {} } as unknown as OperatorContext;
    return (await endpointFindings(context))[0];
  }

  it('is resumed where its receiver asked for no more events', async () => {
    expect(await findingOf('gone')).toMatchObject({ level: 'red', command: 'webhooks resume wh-1' });
  });

  it.each(['expired', 'reset', 'ahead'])('needs another place first where its own is %s', async (why) => {
    expect(await findingOf(why)).toMatchObject({
      level: 'red',
      next: expect.stringContaining('endpoint-stopped') as string,
      command: 'webhooks rewind wh-1 --to oldest',
    });
  });
});

describe('what cannot be looked at', () => {
  const failing = (name: string) => () => Promise.reject(Object.assign(new Error('x'), { name }));

  it('is red where nobody knows why', async () => {
    expect(await lookAt('queue', failing('TimeoutError'))).toMatchObject([
      { level: 'red', what: 'queue', command: 'doctor' },
    ]);
  });

  it.each(['AccessDenied', 'AccessDeniedException'])(
    'is unknown where the credentials may not, and leads to the policies: %s',
    async (name) => {
      expect(await lookAt('secrets', failing(name))).toMatchObject([
        { level: 'unknown', next: expect.stringContaining('AcopioOperatorPolicyArn') as string },
      ]);
    },
  );
});

describe('several findings', () => {
  const of = (level: Finding['level']): Finding => ({ level, what: 'x', why: 'y' });

  it('are as bad as the worst of them', () => {
    expect(worst([green('x', 'y'), of('yellow'), of('red')])).toBe('red');
    expect(worst([of('unknown'), of('yellow')])).toBe('yellow');
    expect(worst([green('x', 'y')])).toBe('green');
  });
});
