import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSigningAdmin } from '../../functions/erp/webhooks/signing-secrets.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import type { TestShop } from '../support/deployment.ts';

/** The control table of a shop, as what stands in it is opened with. */
export const controlOf = ({ cloud, table }: TestShop) => ({
  client: table.client,
  table: cloud.tableName('Control/Table'),
  clock: { now: Date.now },
});

/** How clients of AWS reach a shop's cloud. */
export const accessTo = ({ cloud }: TestShop) => ({
  region: cloud.region,
  endpoint: cloud.endpoint,
  credentials: cloud.adminCredentials,
});

/** An endpoint that is sent what comes from now on, and has failed at nothing yet. */
export async function listening(shop: TestShop, id: string, url: string) {
  const control = controlOf(shop);
  const admin = createEndpointAdmin(control);
  const head = await createFeedReader(control).head();
  if (await admin.add({ id, url }, head)) {
    const client = new SecretsManagerClient(accessTo(shop));
    await createSigningAdmin({ client, id: shop.cloud.secretId('Erp/Signing') }).add(id);
    client.destroy();
  }
  await admin.move(id, head);
  await admin.resume(id);
  return admin;
}
