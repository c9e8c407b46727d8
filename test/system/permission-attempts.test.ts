import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployedShop } from '../support/deployment.ts';

const shop = deployedShop(93);

/** What the partition keys of each kind of item begin with; PLATFORM stands for the platform's name. */
const KINDS = [
  'bucket#PLATFORM',
  'circuit#PLATFORM',
  'reconcile#PLATFORM',
  'lease#poll#PLATFORM',
  'lease#reconcile#PLATFORM',
  'lease#install#PLATFORM',
  'lease#token#PLATFORM',
  'lease#category#PLATFORM',
  'category#PLATFORM',
  'location#PLATFORM',
  'pending#PLATFORM',
  'outbox#PLATFORM',
  'outbox-aside#PLATFORM',
  'poll-backoff#PLATFORM',
  'chunks',
  'audit',
  'audit#PLATFORM',
  'privacy-report#PLATFORM',
  'install#PLATFORM',
  'catalogue-job#PLATFORM',
  'erasure-ledger#PLATFORM',
  'store-erasure#PLATFORM',
  'feed',
  'feed-pointer',
  'endpoints',
  'endpoint-aside',
  'idempotency',
  'what-nobody-knows',
];
const CALLING = ['bucket#PLATFORM', 'circuit#PLATFORM', 'reconcile#PLATFORM'];
const PLATFORMS = ['nuvemshop', 'pedidosya', 'imotriz'];

/** The kinds that a role is there for; every other is foreign to it. */
const OWN: Record<string, string[]> = {
  'Nuvemshop/Webhook/Receiver': [],
  'Nuvemshop/Orders/Consumer': [
    ...CALLING,
    'pending#PLATFORM',
    'chunks',
    'audit#PLATFORM',
    'privacy-report#PLATFORM',
    'erasure-ledger#PLATFORM',
    'store-erasure#PLATFORM',
  ],
  'Nuvemshop/Reconcile/Reconciler': [
    ...CALLING,
    'lease#reconcile#PLATFORM',
    'pending#PLATFORM',
    'store-erasure#PLATFORM',
  ],
  'Nuvemshop/Install/Installer': [...CALLING, 'install#PLATFORM', 'lease#install#PLATFORM'],
  'Nuvemshop/Commands/Dispatcher': [...CALLING, 'category#PLATFORM', 'lease#category#PLATFORM'],
  'Pedidosya/Webhook/Receiver': [],
  'Pedidosya/Orders/Consumer': ['chunks', 'catalogue-job#PLATFORM'],
  'Pedidosya/Reconcile/Reconciler': [...CALLING, 'lease#reconcile#PLATFORM'],
  'Imotriz/Poll/Poller': [
    ...CALLING,
    'lease#poll#PLATFORM',
    'outbox#PLATFORM',
    'outbox-aside#PLATFORM',
    'poll-backoff#PLATFORM',
  ],
  'Imotriz/Orders/Consumer': ['chunks'],
  'Imotriz/Reconcile/Reconciler': [...CALLING, 'lease#reconcile#PLATFORM'],
};

/** The same of the roles that are there for the merchant's own system, whatever platform. */
const ERP_OWN: Record<string, string[]> = {
  'Erp/Publisher': ['feed', 'feed-pointer', 'endpoints'],
  'Erp/Api': [
    'feed',
    'feed-pointer',
    'idempotency',
    'circuit#PLATFORM',
    'bucket#PLATFORM',
    'location#PLATFORM',
  ],
  'Erp/Deliverer': ['feed', 'feed-pointer', 'endpoints', 'endpoint-aside'],
  'Erp/Sweeper': ['feed', 'feed-pointer', 'endpoints'],
};
/** Of those, who calls platforms for somebody else. */
const CALLS_PLATFORMS = new Set(['Erp/Api']);
const ROLES = [...Object.keys(OWN), ...Object.keys(ERP_OWN)];

/** Every way to reach an item. */
const ATTEMPTS = {
  get: (TableName: string, pk: string) => new GetCommand({ TableName, Key: { pk, sk: 'x' } }),
  query: (TableName: string, pk: string) =>
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    }),
  put: (TableName: string, pk: string) =>
    new PutCommand({ TableName, Item: { pk, sk: 'x', by: 'attacker' } }),
  update: (TableName: string, pk: string) =>
    new UpdateCommand({
      TableName,
      Key: { pk, sk: 'x' },
      UpdateExpression: 'SET seen = :true',
      ExpressionAttributeValues: { ':true': true },
    }),
  remove: (TableName: string, pk: string) => new DeleteCommand({ TableName, Key: { pk, sk: 'x' } }),
  batch: (TableName: string, pk: string) =>
    new BatchWriteCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: { pk, sk: 'x' } } }] } }),
  transaction: (TableName: string, pk: string) =>
    new TransactWriteCommand({ TransactItems: [{ Delete: { TableName, Key: { pk, sk: 'x' } } }] }),
};
type Attempt = keyof typeof ATTEMPTS;
const ALL = Object.keys(ATTEMPTS) as Attempt[];

const clients = new Map<string, DynamoDBDocumentClient>();
beforeAll(() => {
  const { region, endpoint } = shop.cloud;
  for (const role of ROLES) {
    const credentials = shop.cloud.credentialsOf(`${role}/Function`);
    clients.set(
      role,
      DynamoDBDocumentClient.from(new DynamoDBClient({ region, endpoint, credentials, maxAttempts: 1 })),
    );
  }
});
afterAll(() => {
  for (const client of clients.values()) client.destroy();
});

/** What a role got through to, of the attempts at one partition. */
async function reached(
  role: string,
  table: string,
  pk: string,
  attempts: Attempt[] = ALL,
): Promise<string[]> {
  const outcomes = await Promise.all(
    attempts.map(async (attempt) => {
      const command = ATTEMPTS[attempt](shop.cloud.tableName(table), pk);
      const answer = await clients
        .get(role)!
        .send(command as GetCommand)
        .then(
          () => 'allowed',
          (error: Error) => error.name,
        );
      return answer === 'AccessDeniedException' ? [] : [`${attempt} ${pk}: ${answer}`];
    }),
  );
  return outcomes.flat();
}
const platformOf = (role: string) => role.split('/')[0]!.toLowerCase();
const partitionsOf = (kind: string, platform: string) => {
  const begin = kind.replace('PLATFORM', platform);
  return [begin, `${begin}#x`];
};

it('tries every kind that any role is let at', () => {
  const templates = globSync(join(shop.assembly, '*.template.json')).map((file) =>
    readFileSync(file, 'utf8'),
  );
  const patterns = templates.flatMap((text) =>
    [...text.matchAll(/"dynamodb:LeadingKeys":\s*\[([^\]]*)\]/g)].flatMap(([, list = '']) =>
      JSON.parse(`[${list}]`),
    ),
  );
  const begins = patterns
    .map((pattern: string) => pattern.replace(new RegExp(PLATFORMS.join('|')), 'PLATFORM'))
    .filter((pattern) => !pattern.endsWith('*'));

  expect(begins.length).toBeGreaterThan(20);
  expect([...new Set(begins)].filter((begin) => !KINDS.includes(begin))).toEqual([]);
});

describe.each(Object.entries(OWN))('the role of %s', (role, own) => {
  const platform = platformOf(role);

  it('reaches no item of a kind that its job does not know, in no way', async () => {
    const foreign = KINDS.filter((kind) => !own.includes(kind));

    const got = await Promise.all(
      foreign.flatMap((kind) => partitionsOf(kind, platform)).map((pk) => reached(role, 'Control/Table', pk)),
    );

    expect(got.flat()).toEqual([]);
  });

  it('reaches no item of another platform', async () => {
    const others = PLATFORMS.filter((other) => other !== platform);
    const kinds = KINDS.filter((kind) => kind.includes('PLATFORM'));

    const control = others.flatMap((other) => kinds.map((kind) => `${kind.replace('PLATFORM', other)}#x`));
    const orders = others.map((other) => `${other}#1#order#1`);
    const got = await Promise.all([
      ...control.map((pk) => reached(role, 'Control/Table', pk, ['get', 'put', 'remove'])),
      ...orders.map((pk) => reached(role, 'Orders/Table', pk)),
    ]);

    expect(got.flat()).toEqual([]);
  });

  it('cannot list a table', async () => {
    for (const table of ['Control/Table', 'Orders/Table']) {
      const TableName = shop.cloud.tableName(table);
      await expect(clients.get(role)!.send(new ScanCommand({ TableName }))).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    }
  });
});

describe.each(Object.entries(ERP_OWN))('the role of %s', (role, own) => {
  it('reaches no item of a kind that its job does not know, in no way', async () => {
    const foreign = KINDS.filter((kind) => !own.includes(kind));
    const partitions = foreign.flatMap((kind) =>
      PLATFORMS.flatMap((platform) => partitionsOf(kind, platform)),
    );

    const got = await Promise.all([...new Set(partitions)].map((pk) => reached(role, 'Control/Table', pk)));

    expect(got.flat()).toEqual([]);
  });

  it('writes no order anew and deletes none', async () => {
    const writes: Attempt[] = ['put', 'remove', 'batch', 'transaction'];

    expect(await reached(role, 'Orders/Table', 'nuvemshop#5665778#order#1', writes)).toEqual([]);
  });

  it('closes no circuit, and opens none unless it calls platforms', async () => {
    const writes: Attempt[] = ['put', 'remove', 'batch', 'transaction'];
    if (!CALLS_PLATFORMS.has(role)) writes.push('update');

    expect(await reached(role, 'Control/Table', 'circuit#nuvemshop#5665778', writes)).toEqual([]);
  });
});

describe('the audit trail', () => {
  it.each(ROLES)('cannot be read, changed or shortened by %s', async (role) => {
    const partitions = ['audit', ...PLATFORMS.map((platform) => `audit#${platform}`)];
    const beyondPut = ALL.filter((attempt) => attempt !== 'put');

    const got = await Promise.all(partitions.map((pk) => reached(role, 'Control/Table', pk, beyondPut)));

    expect(got.flat()).toEqual([]);
  });

  it("is written by nobody but the consumer whose platform sends customers' requests", async () => {
    const roles = ROLES;
    const got = await Promise.all(
      roles.map((role) => reached(role, 'Control/Table', 'audit#nuvemshop', ['put'])),
    );

    expect(roles.filter((_, index) => got[index]!.length > 0)).toEqual(['Nuvemshop/Orders/Consumer']);
  });
});

describe('what a function that the public reaches may do', () => {
  it('the receivers reach no table at all', async () => {
    for (const role of ['Nuvemshop/Webhook/Receiver', 'Pedidosya/Webhook/Receiver']) {
      const platform = platformOf(role);
      const own = KINDS.flatMap((kind) => partitionsOf(kind, platform));
      const got = await Promise.all([
        ...own.map((pk) => reached(role, 'Control/Table', pk)),
        reached(role, 'Orders/Table', `${platform}#1#order#1`),
      ]);
      expect(got.flat()).toEqual([]);
    }
  });

  it('the installer reaches no order, and reads neither progress nor reports', async () => {
    const role = 'Nuvemshop/Install/Installer';
    const got = await Promise.all([
      reached(role, 'Orders/Table', 'nuvemshop#5665778#order#1'),
      reached(role, 'Control/Table', 'reconcile#nuvemshop#5665778', ['get', 'query', 'put', 'remove']),
    ]);

    expect(got.flat()).toEqual([]);
  });
});
