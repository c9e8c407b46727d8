import { describe, expect, test } from 'vitest';
import { demo, resourcesOf, stacksOf } from './assembly.ts';

const stacks = stacksOf(demo);
const STATEFUL: Record<string, string> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Events::Archive': 'ArchiveName',
};
const stateful = resourcesOf(stacks).filter((one) => one.Type in STATEFUL);

describe.each(stateful.map((one) => [one.id, one] as const))('%s', (_, resource) => {
  test('is retained when it is replaced or its stack is deleted', () => {
    expect(resource.DeletionPolicy).toBe('Retain');
    expect(resource.UpdateReplacePolicy).toBe('Retain');
  });
  test('has no physical name, so it can be replaced and never collides', () => {
    expect(Object.keys(resource.Properties)).not.toContain(STATEFUL[resource.Type]);
  });
});

test('all kinds of stateful resources are there', () => {
  expect(new Set(stateful.map((one) => one.Type))).toEqual(new Set(Object.keys(STATEFUL)));
});

test('the event bus, whose name is mandatory, is retained under a name of its own', () => {
  const [bus] = resourcesOf(stacks, 'AWS::Events::EventBus');
  expect(bus).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: { Name: expect.stringContaining('demo') },
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
  ]);
});

test('alarm mails are encrypted with a key that CloudWatch may use, and travel over TLS only', () => {
  const [topic] = resourcesOf(stacks, 'AWS::SNS::Topic');
  const [key] = resourcesOf(stacks, 'AWS::KMS::Key');
  const [policy] = resourcesOf(stacks, 'AWS::SNS::TopicPolicy');
  const [mail] = resourcesOf(stacks, 'AWS::SNS::Subscription');
  expect(topic?.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key?.id, 'Arn'] });
  expect(key?.Properties).toMatchObject({
    EnableKeyRotation: true,
    KeyPolicy: {
      Statement: expect.arrayContaining([
        expect.objectContaining({ Principal: { Service: 'cloudwatch.amazonaws.com' } }),
      ]),
    },
  });
  expect(JSON.stringify(policy?.Properties)).toContain('"aws:SecureTransport":"false"');
  expect(mail?.Properties).toMatchObject({ Protocol: 'email', Endpoint: demo.alarmEmail });
});

test('a new secret starts empty, in the shape the functions expect and refuse', () => {
  for (const secret of resourcesOf(stacks, 'AWS::SecretsManager::Secret')) {
    const { SecretStringTemplate } = secret.Properties.GenerateSecretString as {
      SecretStringTemplate: string;
    };
    const fields = Object.values(JSON.parse(SecretStringTemplate));
    expect(fields.length).toBeGreaterThan(0);
    expect(new Set(fields)).toEqual(new Set(['']));
  }
});
