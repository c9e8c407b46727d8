import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Merchant } from '../../../config/merchant.ts';
import { deploy, destroy } from '../../../scripts/deploy/words.ts';
import { demo, merchantWith, type settings, stacksOf } from '../../lib/assembly.ts';
import { type Account, Refused } from '../../lib/cloudformation.ts';
import { preparedAccount, wordsOf } from './bench.ts';

const STATEFUL = new Set(['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::SQS::Queue']);
const DATA = 'Acopio-demo-Data';
const deployed = async (account: Account, merchant: Merchant) => {
  const words = wordsOf(account, merchant);
  await deploy(words.target);
  return words;
};
const heldBy = (account: Account, stack: string): string[] =>
  account.of(stack).flatMap(({ Type, physicalId }) => (STATEFUL.has(Type) ? [physicalId] : []));
const without = (platform: keyof typeof settings): Merchant =>
  merchantWith({ platforms: { ...demo.platforms, [platform]: undefined } });

describe('a first deployment', () => {
  test('protects what holds orders, once it stands', async () => {
    const account = preparedAccount();

    await deployed(account, demo);

    expect(account.stacks.get(DATA)?.isProtected).toBe(true);
    const tables = account.of(DATA).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
    expect(tables.map(({ Properties }) => Properties.DeletionProtectionEnabled)).toEqual([true, true]);
  });

  test.each([
    ['the second table', 'ControlTable'],
    ['a secret', 'SecretsImotrizApi'],
    ['a queue', 'ImotrizOrdersIntakeQueue'],
    ['a function', 'PedidosyaWebhookReceiverFunction'],
    ["the API of the merchant's own system", 'ErpHttpApi'],
    ['the queue of changes that were not published', 'ErpFeedUnpublished'],
    ['the sweep', 'ErpSweeperFunction'],
    ['the alarm over all', 'OrdersAtRiskAlarm'],
    ['the budget', 'CostBudget'],
  ])('that fails at %s leaves nothing behind, and the next try succeeds', async (_, prefix) => {
    const account = preparedAccount();
    account.fails = (__, { id }) => id.startsWith(prefix);
    const first = wordsOf(account, demo);

    await expect(deploy(first.target)).rejects.toThrow(/the CDK ended with an error/);
    expect(first.printed.join()).toContain('could not be created');
    expect(account.orphans).toEqual([]);
    account.fails = () => false;
    await deployed(account, demo);

    expect(account.orphans).toEqual([]);
    expect([...account.stacks.values()].map(({ status }) => status)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(CREATE|UPDATE)_COMPLETE$/)]),
    );
    expect(account.stacks.size).toBe(4);
    expect(account.stacks.get(DATA)?.isProtected).toBe(true);
  });

  test('is taken up again after one that was protected too early', async () => {
    const account = preparedAccount();
    const [data] = stacksOf(demo, { creates: true });
    account.fails = (_, { id }) => id.startsWith('ControlTable');
    expect(() => account.deploy({ ...(data ?? never()), terminationProtection: true })).toThrow(Refused);
    account.fails = () => false;

    await deployed(account, demo);

    expect(account.orphans).toEqual([]);
  });
});

describe('an update', () => {
  test('keeps everything that holds state', async () => {
    const account = preparedAccount();
    await deployed(account, demo);
    const before = [...account.stacks.keys()].flatMap((stack) => heldBy(account, stack));

    await deployed(account, merchantWith({ alarmEmail: 'other@example.com', rawDays: 30, logDays: 90 }));

    expect([...account.stacks.keys()].flatMap((stack) => heldBy(account, stack))).toEqual(before);
  });

  test('drops a critical alarm without a step by hand', async () => {
    const account = preparedAccount();
    await deployed(account, demo);
    const integration = stacksOf(demo).find(({ name }) => name.endsWith('Integration')) ?? never();
    const dropped = integration.resources.find(({ id }) => /poller-?failing/i.test(id)) ?? never();
    const resources = integration.resources
      .filter(({ id }) => id !== dropped.id)
      .map((one) =>
        one.Type === 'AWS::CloudWatch::CompositeAlarm'
          ? {
              ...one,
              Properties: { ...one.Properties, AlarmRule: withoutTerm(one.Properties.AlarmRule, dropped.id) },
            }
          : one,
      );

    account.deploy({ ...integration, resources });

    expect(account.existing.map(({ id }) => id)).not.toContain(dropped.id);
  });

  test.each(['nuvemshop', 'pedidosya', 'imotriz'] as const)(
    'takes %s out, the stacks that use its queues and secrets first, and keeps what is in them',
    async (platform) => {
      const account = preparedAccount();
      await deployed(account, demo);
      const prefix = new RegExp(`^(Secrets)?${platform}`, 'i');
      // Hints are repeated every minute, so their queue goes.
      const held = account.existing.filter(
        ({ id, Type }) => STATEFUL.has(Type) && prefix.test(id) && !id.includes('CommandsHints'),
      );

      await deployed(account, without(platform));

      expect(account.orphans.map(({ physicalId }) => physicalId).sort()).toEqual(
        held.map(({ physicalId }) => physicalId).sort(),
      );
      expect(account.existing.filter(({ id, stack }) => stack !== '' && prefix.test(id))).toEqual([]);
    },
  );

  test('brings a platform that was taken out back', async () => {
    const account = preparedAccount();
    await deployed(account, demo);
    await deployed(account, without('imotriz'));

    await deployed(account, demo);

    expect(heldBy(account, DATA)).toHaveLength(10);
  });

  test('that takes away and adds at once is refused before anything is done', async () => {
    const account = preparedAccount();
    await deployed(account, without('imotriz'));
    const words = wordsOf(account, without('nuvemshop'));

    await expect(deploy(words.target)).rejects.toThrow(/Deploy twice/);
    expect(words.calls.map(([word]) => word)).toEqual(['synth']);
  });

  test('drops the budget when the configuration has none', async () => {
    const account = preparedAccount();
    await deployed(account, demo);

    await deployed(account, merchantWith({ monthlyBudgetUsd: undefined }));

    expect(account.existing.filter(({ Type }) => Type === 'AWS::Budgets::Budget')).toEqual([]);
  });
});

describe('removing a merchant', () => {
  test('takes everything but tables, queues and secrets, and prints how to delete those', async () => {
    const account = preparedAccount();
    await deployed(account, demo);
    const words = wordsOf(account, demo);

    await destroy(words.target);

    expect([...account.stacks.keys()]).toEqual(['CDKToolkit']);
    expect(new Set(account.existing.map(({ Type }) => Type))).toEqual(STATEFUL);
    expect(words.printed.join('\n').match(/ aws dynamodb delete-table /g)).toHaveLength(2);
    expect(words.printed.join('\n').match(/ aws sqs delete-queue /g)).toHaveLength(8);
    expect(words.printed.join('\n').match(/ aws secretsmanager delete-secret /g)).toHaveLength(8);
  });

  test('forgets the outputs, so that no command goes on by them', async () => {
    const account = preparedAccount();
    const { target } = await deployed(account, demo);

    await destroy(target);

    expect(existsSync(join(target.folder, 'outputs.demo.json'))).toBe(false);
  });

  test('keeps the outputs while a stack still stands', async () => {
    const account = preparedAccount();
    const { target } = await deployed(account, demo);

    await expect(destroy({ ...target, cdk: async () => 1 })).rejects.toThrow(/ended with an error/);

    expect(existsSync(join(target.folder, 'outputs.demo.json'))).toBe(true);
  });

  test('without --yes says what would go, and does nothing', async () => {
    const account = preparedAccount();
    await deployed(account, demo);
    const words = wordsOf(account, demo);

    await expect(destroy({ ...words.target, yes: false })).rejects.toThrow(/Say it with --yes/);
    expect(words.calls).toEqual([]);
    expect(account.stacks.size).toBe(4);
  });

  test('without --yes says that nobody may have its policies first, and how to see who has', async () => {
    const account = preparedAccount();
    await deployed(account, demo);

    const plan = destroy({ ...wordsOf(account, demo).target, yes: false });

    await expect(plan).rejects.toThrow(
      /First detach .*IAM deletes no policy that is attached(?:.*aws iam list-entities-for-policy --policy-arn ){2}.*These stay/s,
    );
  });

  test('and deploying it again makes new tables beside the old ones', async () => {
    const account = preparedAccount();
    await deployed(account, demo);
    await destroy(wordsOf(account, demo).target);
    const kept = account.orphans.length;

    await deployed(account, demo);

    expect(account.orphans).toHaveLength(kept);
    expect(heldBy(account, DATA)).toHaveLength(10);
  });
});

test('two merchants stand in one account, and one leaves without the other', async () => {
  const account = preparedAccount();
  await deployed(account, demo);
  await deployed(account, merchantWith({ name: 'demo-two' }));
  const first = [...account.of(DATA), ...account.of('Acopio-demo-Integration')];

  await destroy(wordsOf(account, merchantWith({ name: 'demo-two' })).target);

  expect([...account.of(DATA), ...account.of('Acopio-demo-Integration')]).toEqual(first);
});

test('nothing names a region that is not the merchant’s', () => {
  const text = JSON.stringify(stacksOf(merchantWith({ region: 'us-east-2' })));

  expect([...new Set(text.match(/\b[a-z]{2}-[a-z]+-\d\b/g))]).toEqual(['us-east-2']);
});

/** A composite alarm's rule, as CloudFormation joins it, without one of its alarms. */
function withoutTerm(rule: unknown, id: string): unknown {
  const { 'Fn::Join': join } = rule as { 'Fn::Join': [string, unknown[]] };
  const parts = join[1].filter((part) => !JSON.stringify(part).includes(`"${id}"`));
  return { 'Fn::Join': [join[0], parts] };
}

function never(): never {
  throw new Error('the demo has no such thing');
}
