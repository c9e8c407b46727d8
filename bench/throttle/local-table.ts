import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { startCloud } from '../../local/cloud/cloud.ts';

const LOGICAL_ID = 'Buckets';

const template = {
  Resources: {
    [LOGICAL_ID]: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      },
    },
  },
  Outputs: { TableName: { Value: { Ref: LOGICAL_ID } } },
};

const manifest = {
  version: '55.0.0',
  artifacts: {
    Bench: {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: 'Bench.template.json' },
      metadata: { [`/Bench/${LOGICAL_ID}/Resource`]: [{ type: 'aws:cdk:logicalId', data: LOGICAL_ID }] },
    },
    'Bench.assets': { type: 'cdk:asset-manifest', properties: { file: 'Bench.assets.json' } },
  },
};

/** Starts the local cloud with nothing but one table, on a free port of 127.0.0.1. */
export async function startLocalTable(): Promise<{
  tableName: string;
  newClient: () => DynamoDBClient;
  stop: () => Promise<void>;
}> {
  const assembly = temporaryFolder('throttle');
  await writeFile(join(assembly, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(assembly, 'Bench.template.json'), JSON.stringify(template));
  await writeFile(join(assembly, 'Bench.assets.json'), JSON.stringify({ files: {} }));
  const cloud = await startCloud({ assembly, schedules: 'off' });
  const clients: DynamoDBClient[] = [];
  return {
    tableName: cloud.outputs.TableName ?? LOGICAL_ID,
    newClient() {
      const client = new DynamoDBClient({
        region: cloud.region,
        endpoint: cloud.endpoint,
        credentials: cloud.adminCredentials,
      });
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.destroy();
      await cloud.stop();
      await rm(assembly, { recursive: true });
    },
  };
}
