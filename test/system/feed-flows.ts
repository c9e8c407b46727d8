import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSigningAdmin } from '../../functions/erp/webhooks/signing-secrets.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { createFeedReader } from '../../functions/storage/feed.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';

const ENDPOINT = 'flows';
/** Where nobody listens: a call that failed shows that the endpoint was told. */
const URL = 'http://127.0.0.1:9/';

/** What the publisher brings about. */
export function feedFlows(
  shop: TestShop,
  landed: () => Promise<string>,
  comesTrue: (isSo: () => Promise<boolean>) => Promise<boolean>,
) {
  const { cloud, table } = shop;
  const control = () => ({
    client: table.client,
    table: cloud.tableName('Control/Table'),
    clock: { now: Date.now },
  });

  /** An endpoint that is sent what comes from now on, and has failed at nothing yet. */
  async function listening() {
    const admin = createEndpointAdmin(control());
    const head = await createFeedReader(control()).head();
    if (await admin.add({ id: ENDPOINT, url: URL }, head)) {
      const client = new SecretsManagerClient({
        region: cloud.region,
        endpoint: cloud.endpoint,
        credentials: cloud.adminCredentials,
      });
      await createSigningAdmin({ client, id: cloud.secretId('Erp/Signing') }).add(ENDPOINT);
      client.destroy();
    }
    await admin.move(ENDPOINT, head);
    await admin.resume(ENDPOINT);
    return admin;
  }

  return {
    'a change of an order is in the feed': async () => {
      const reader = createFeedReader(control());
      const head = await reader.head();
      const id = await landed();
      return comesTrue(async () => (await reader.read(head, 1000)).some(({ key }) => key.endsWith(`:${id}`)));
    },
    'an endpoint is told of a change': async () => {
      const admin = await listening();
      await landed();
      const told = await comesTrue(async () => ((await admin.get(ENDPOINT))?.failures ?? 0) > 0);
      await admin.pause(ENDPOINT);
      return told;
    },
  } satisfies Record<string, Flow>;
}
