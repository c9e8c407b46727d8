import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';

const EMULATOR = fileURLToPath(
  new URL('./node_modules/amplify-dynamodb-simulator/emulator/', import.meta.url),
);
const START_MS = 30_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

/** Starts AWS's DynamoDB Local in memory, with one empty table of partition key `pk` and sort key `sk`. */
export async function startReferee(): Promise<{
  client: DynamoDBClient;
  tableName: string;
  stop: () => Promise<void>;
}> {
  const port = await freePort();
  const args = ['-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar'];
  const java = spawn('java', [...args, '-port', `${port}`, '-inMemory', '-disableTelemetry'], {
    cwd: EMULATOR,
    stdio: 'ignore',
  });
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const stop = async () => {
    client.destroy();
    if (java.exitCode !== null || java.signalCode !== null) return;
    java.kill();
    await once(java, 'exit');
  };
  try {
    await ready(client);
    const tableName = 'conformance';
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    return { client, tableName, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(client: DynamoDBClient): Promise<void> {
  const end = performance.now() + START_MS;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (performance.now() > end) {
        throw new Error(
          `DynamoDB Local did not answer within ${START_MS / 1000} s. Run it by hand in ${EMULATOR} to see why.`,
          {
            cause: error,
          },
        );
      }
      await sleep(200);
    }
  }
}
