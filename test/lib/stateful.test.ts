import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { type Channel, channelsOf } from '../../config/merchant.ts';
import { PlatformSecrets } from '../../lib/constructs/platform-secrets.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { demo, flatten, merchantWith, resourcesOf, settings, stacksOf, templatesOf } from './assembly.ts';

const stacks = stacksOf(demo);
/** What holds something that a new one would not: by type, the property that would be its physical name. */
const STATEFUL: Record<string, string> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SQS::Queue': 'QueueName',
};
/** Holds hints that are repeated every minute: a new one would lack nothing. */
const HINTS = /^ErpWebhooksDeliveries|CommandsHints/;
const stateful = resourcesOf(stacks).filter((one) => one.Type in STATEFUL && !HINTS.test(one.id));

/**
 * CloudFormation replaces a resource whose logical id changes: the new one begins empty. Until the first release a pin
 * changes with a line in the changelog, afterwards only with a migration.
 */
const PINNED: Record<string, string[]> = {
  'AWS::DynamoDB::Table': ['OrdersTable1F8332C7', 'ControlTable70B6FEE0'],
  'AWS::SecretsManager::Secret': [
    'SecretsNuvemshopApp3C9714ED',
    'SecretsNuvemshopStore5665778B716E8F5',
    'SecretsPedidosyaWebhook79d3a0740f4c44ac892c787fdfb04ba1E55ACFC4',
    'SecretsPedidosyaApi79d3a0740f4c44ac892c787fdfb04ba11847E701',
    'SecretsImotrizApicomainDF019494',
    'ErpTokens5D230ACD',
    'ErpSigningC82E5BC7',
    'ErpEmailKey31F982F0',
  ],
  'AWS::SQS::Queue': [
    'NuvemshopOrdersIntakeDeadLetters74D66C47',
    'NuvemshopOrdersIntakeQueue6E89355C',
    'PedidosyaOrdersIntakeDeadLettersD64CF31A',
    'PedidosyaOrdersIntakeQueueD8F0095D',
    'ImotrizOrdersIntakeDeadLetters1F78271F',
    'ImotrizOrdersIntakeQueueA0816EEC',
    'ErpFeedUnpublished9329B2FF',
    'ErpStockUnfollowed264A3D0E',
  ],
  // Somebody confirmed the subscription by mail.
  'AWS::SNS::Topic': ['AlarmsTopic3A2DFEBA'],
  'AWS::SNS::Subscription': ['AlarmsTopicalertsexamplecomBCE28AA2'],
};

const idsOf = (type: string): string[] =>
  resourcesOf(stacks, type).flatMap(({ id }) => (HINTS.test(id) ? [] : [id]));

test('the logical ids of everything that holds state are pinned', () => {
  const types = [...Object.keys(STATEFUL), 'AWS::SNS::Topic', 'AWS::SNS::Subscription'];
  const found = types.map((type) => [type, idsOf(type)]);
  expect(Object.fromEntries(found)).toEqual(PINNED);
});

test("a store's secrets keep their ids when another store is added", () => {
  const nuvemshop = { ...settings.nuvemshop, stores: [{ storeId: '77' }, ...settings.nuvemshop.stores] };
  const more = stacksOf(merchantWith({ platforms: { ...demo.platforms, nuvemshop } }));
  const ids = resourcesOf(more, 'AWS::SecretsManager::Secret').map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining(resourcesOf(stacks, 'AWS::SecretsManager::Secret').map(({ id }) => id)),
  );
});

describe.each(stateful.map((one) => [one.id, one] as const))('%s', (_, resource) => {
  test('is retained when it is replaced or its stack is deleted, and taken back when its creation fails', () => {
    expect(resource.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(resource.UpdateReplacePolicy).toBe('Retain');
  });
  test('has no physical name, so it can be replaced and never collides', () => {
    expect(Object.keys(resource.Properties)).not.toContain(STATEFUL[resource.Type]);
  });
});

describe.each(resourcesOf(stacks, 'AWS::DynamoDB::Table').map((one) => [one.id, one] as const))(
  '%s',
  (id, table) => {
    test('is encrypted, recoverable to any second, protected from deletion', () => {
      expect(table.Properties).toMatchObject({
        SSESpecification: { SSEEnabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        BillingMode: 'PAY_PER_REQUEST',
      });
    });
    test('has the keys that the functions use, and lets what expires expire', () => {
      expect(table.Properties).toMatchObject({
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      });
    });
    test('streams orders with both images, and nothing else', () => {
      const stream = table.Properties.StreamSpecification;
      expect(stream).toEqual(id.startsWith('Orders') ? { StreamViewType: 'NEW_AND_OLD_IMAGES' } : undefined);
    });
  },
);

test('indexes hold keys only: no second place with personal data', () => {
  const [orders] = resourcesOf(stacks, 'AWS::DynamoDB::Table').filter((one) => one.id.startsWith('Orders'));
  const keyed = (name: string, hash: string, range: string) => ({
    IndexName: name,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  });
  expect(orders?.Properties.GlobalSecondaryIndexes).toEqual([
    keyed('needs-review', 'reviewOf', 'reviewAt'),
    keyed('changes', 'storeKey', 'changedAt'),
    keyed('work', 'workOf', 'workAt'),
  ]);
});

test('alarm mails travel over TLS only, and need no key that CloudWatch might not be let at', () => {
  const [topic] = resourcesOf(stacks, 'AWS::SNS::Topic');
  const [policy] = resourcesOf(stacks, 'AWS::SNS::TopicPolicy');
  const [mail] = resourcesOf(stacks, 'AWS::SNS::Subscription');
  expect(topic?.Properties.KmsMasterKeyId).toBeUndefined();
  expect(resourcesOf(stacks, 'AWS::KMS::Key')).toEqual([]);
  expect(JSON.stringify(policy?.Properties)).toContain('"aws:SecureTransport":"false"');
  expect(JSON.stringify(policy?.Properties)).toContain('"Service":"cloudwatch.amazonaws.com"');
  expect(mail?.Properties).toMatchObject({ Protocol: 'email', Endpoint: demo.alarmEmail });
});

/**
 * What CloudFormation generates each secret from. A change makes it generate the secret anew, and what a person typed into
 * it is gone: after the first release these lines only ever grow.
 */
const HANDED_OUT = { SecretStringTemplate: '{}', GenerateStringKey: 'unused' };
const GENERATED: Record<string, object> = {
  SecretsNuvemshopApp3C9714ED: HANDED_OUT,
  SecretsNuvemshopStore5665778B716E8F5: HANDED_OUT,
  SecretsPedidosyaWebhook79d3a0740f4c44ac892c787fdfb04ba1E55ACFC4: {
    SecretStringTemplate: '{}',
    GenerateStringKey: 'secret',
    PasswordLength: 32,
    ExcludePunctuation: true,
  },
  SecretsPedidosyaApi79d3a0740f4c44ac892c787fdfb04ba11847E701: HANDED_OUT,
  SecretsImotrizApicomainDF019494: HANDED_OUT,
  ErpTokens5D230ACD: HANDED_OUT,
  ErpSigningC82E5BC7: HANDED_OUT,
  // A new one would find nothing of what was noted by the one before.
  ErpEmailKey31F982F0: {
    SecretStringTemplate: '{}',
    GenerateStringKey: 'key',
    PasswordLength: 64,
    ExcludePunctuation: true,
  },
};

test('what each secret is generated from is pinned: a change would replace what a person typed in', () => {
  const found = resourcesOf(stacks, 'AWS::SecretsManager::Secret');
  expect(
    Object.fromEntries(found.map(({ id, Properties }) => [id, Properties.GenerateSecretString])),
  ).toEqual(GENERATED);
});

test('a release that asks for other fields generates no secret anew', () => {
  const channels = channelsOf(demo);
  const renamed = channels.map(({ platform, ...channel }) => ({
    ...channel,
    platform: {
      ...platform,
      credentials: Object.fromEntries(
        Object.entries(platform.credentials).map(([name, spec]) => [
          name,
          { ...spec, fields: ['another', ...spec.fields], description: 'Another text' },
        ]),
      ),
    },
  }));
  const generated = (some: readonly Channel[]) => {
    const app = new App({
      outdir: temporaryFolder('secrets'),
      analyticsReporting: false,
      builtinCloudFormationValidation: false,
    });
    new PlatformSecrets(new Stack(app, 'Secrets'), 'Secrets', demo, some);
    return resourcesOf(templatesOf(app)).map(({ id, Properties }) => [id, Properties.GenerateSecretString]);
  };

  expect(generated(renamed)).toEqual(generated(channels));
});

test('a table that is being created can be taken back', () => {
  const [data] = stacksOf(demo, { creates: true });
  expect(data?.terminationProtection).toBe(false);
  for (const table of resourcesOf(data === undefined ? [] : [data], 'AWS::DynamoDB::Table'))
    expect(table.Properties.DeletionProtectionEnabled).toBe(false);
});

test('the stacks say whose they are and where they stand, for whoever works on them', () => {
  const outputs = Object.fromEntries(
    stacks.flatMap((stack) => stack.outputs).map(({ key, Value }) => [key, flatten(Value)]),
  );
  expect(outputs).toMatchObject({ Merchant: 'demo', AccountId: 'AWS::AccountId', Region: demo.region });
});
