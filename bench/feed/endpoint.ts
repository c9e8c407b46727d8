import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSigningAdmin } from '../../functions/erp/webhooks/signing-secrets.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import { openTable } from '../../local/shop/table.ts';
import type { DeployedCloud } from '../deployed-cloud.ts';

/** Adds an endpoint that takes every event from now on. */
export async function addEndpoint({ cloud, erpFunction }: DeployedCloud): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const { client, close } = openTable(cloud);
  const control = { client, table: cloud.tableName('Control/Table'), clock: { now: Date.now } };
  const secrets = new SecretsManagerClient({
    region: cloud.region,
    endpoint: cloud.endpoint,
    credentials: cloud.adminCredentials,
  });
  const id = 'wh-bench';
  await createSigningAdmin({ client: secrets, id: cloud.secretId('Erp/Signing') }).add(id);
  await createEndpointAdmin(control).add({ id, url }, await createFeedReader(control).head());
  secrets.destroy();
  close();
  // A container asks once a minute which endpoints there are.
  cloud.cool(erpFunction('Publisher'));
  return {
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
