import { PurgeQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { commandsHere, exampleLines } from '../support/commands-here.ts';
import { deployedShop } from '../support/deployment.ts';

const shop = deployedShop(77);
const asViewer = commandsHere(shop, 'Viewer');
const asOperator = commandsHere(shop, 'Operator');

/** Commands that change nothing and show no secret; `platforms resume` where nothing is paused. */
const LOOKS =
  /^(?:doctor$|customers attention|platforms(?! pause)|throttle|find(?!.* --personal)|show|orders(?! note)|products (?:duplicates|attention|jobs|status)|attention(?! dismiss)|dlq count|outbox list|privacy (?:reports|pending)|audit|completion|.* --dry-run$)/;
/** With `--dry-run` they look into the secrets, or ask a platform by them. */
const isLook = (line: string) =>
  LOOKS.test(line) && !/^(?:connect|locations|products (?:push|import))/.test(line);
const lines = exampleLines().filter((line) => !line.includes(' < '));
const grantOf = (policy: string, sid: string) =>
  shop.cloud.grantsOfPolicy(`People/${policy}`).find((grant) => grant.sid === sid)!;

describe('whoever has the viewer’s policy', { timeout: 120_000 }, () => {
  it.each(lines.filter(isLook))('may: %s', async (line) => {
    const { code, out } = await asViewer(line);

    expect([0, 1], out).toContain(code);
  });

  it.each(lines.filter((line) => !isLook(line)))(
    'may not use what changes something or shows a secret: %s',
    async (line) => {
      const { code, out } = await asViewer(line);

      expect(code, out).toBe(2);
      expect(out).toContain('not authorized to perform');
    },
  );
});

describe('doctor by the viewer’s policy', { timeout: 120_000 }, () => {
  it('does not know what is behind secrets, says which policy does, and is not red for that', async () => {
    const { code, out } = await asViewer('doctor');

    const unseen = out.split('\n').filter((line) => line.includes('could not be looked at'));
    expect(unseen.join('\n')).toMatch(
      /nuvemshop secrets .*nuvemshop 5665778 call .*nuvemshop 5665778 scopes /s,
    );
    expect(unseen.filter((line) => !/^\? .*AccessDenied.*AcopioOperatorPolicyArn/.test(line))).toEqual([]);
    expect(out).toMatch(/^ok +nuvemshop 5665778 circuit/m);
    expect(code, out).toBe(0);
  });
});

describe('the key of the hashes of e-mails', () => {
  const readers = (policy: string) =>
    shop.cloud
      .grantsOfPolicy(`People/${policy}`)
      .filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));

  it('is read by the operator, and not by the viewer', async () => {
    const { code, out } = await asOperator('find ana@example.com --personal');

    expect([code, readers('Operator').length, readers('Viewer').length], out).toEqual([1, 1, 0]);
  });
});

describe.each([
  ['Erp/Feed/Unpublished', 'changes-not-published'],
  ['Erp/Stock/Unfollowed', 'orders-not-noted'],
])('what was given up and is named in %s', { timeout: 120_000 }, (queue, article) => {
  const url = () => shop.cloud.queueUrl(queue);
  const send = () => new SendMessageCommand({ QueueUrl: url(), MessageBody: '{}' });
  async function by<T>(who: 'admin' | 'operator', work: (client: SQSClient) => Promise<T>): Promise<T> {
    const { region, endpoint, adminCredentials } = shop.cloud;
    const credentials = who === 'admin' ? adminCredentials : shop.cloud.credentialsWith('People/Operator');
    const client = new SQSClient({ region, endpoint, credentials });
    return work(client).finally(() => client.destroy());
  }

  it('is red for the viewer until the operator has looked into the queue and emptied it', async () => {
    const QueueUrl = url();
    await by('admin', (client) => client.send(send()));

    const before = await asViewer('doctor');
    const { Messages } = await by('operator', (client) =>
      client.send(new ReceiveMessageCommand({ QueueUrl })),
    );
    const during = await asViewer('doctor');
    await by('operator', (client) => client.send(new PurgeQueueCommand({ QueueUrl })));
    const after = await asViewer('doctor');

    expect(Messages).toHaveLength(1);
    expect(
      [before, during, after].map(({ out }) => out.includes(`Follow the runbook, "${article}"`)),
    ).toEqual([true, true, false]);
  });

  it('cannot be added to by the operator', async () => {
    await expect(by('operator', (client) => client.send(send()))).rejects.toThrow(
      /not authorized to perform/,
    );
  });
});

describe('whoever has the operator’s policy', { timeout: 120_000 }, () => {
  it.each([
    ['ReadTables', 'orders list'],
    ['TakeDeadLetters', 'dlq count'],
    ['SeeWhoIsAlarmed', 'doctor'],
    ['EmptyGivenUp', 'doctor'],
    ['WriteTables', 'outbox retry'],
    ['GiveWork', 'replay nuvemshop:1042 --source fresh'],
    ['GiveWork', 'products push docs/examples/product.json MUG --yes'],
    ['TakeDeadLetters', 'dlq peek --platform nuvemshop'],
    ['Credentials', 'tokens list'],
    ['TestAlarm', 'doctor --alarm-test'],
  ])('needs %s for: %s', async (sid, line) => {
    const grant = grantOf('Operator', sid);
    const restore = grant.withdraw();

    await asOperator(line).finally(restore);

    expect(grant.refused.size).toBeGreaterThan(0);
  });

  it('has no statement beyond those, but for the one that finds the stacks where no file names the outputs', () => {
    const sids = shop.cloud.grantsOfPolicy('People/Operator').map(({ sid }) => sid);

    expect(sids.sort()).toEqual(
      [
        'Credentials',
        'EmptyGivenUp',
        'FindStacks',
        'GiveWork',
        'ReadTables',
        'SeeWhoIsAlarmed',
        'TakeDeadLetters',
        'TestAlarm',
        'WriteTables',
      ].sort(),
    );
  });

  it('reaches nothing of another merchant: every statement names what it is about', () => {
    const resources = shop.cloud.grantsOfPolicy('People/Operator').flatMap(({ resources = [] }) => resources);

    expect(resources.length).toBeGreaterThan(10);
    expect(resources.filter((one) => !one.includes('Acopio-demo-'))).toEqual([]);
  });
});
