import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createEndpointLeases } from '../../functions/storage/endpoints.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import type { TestShop } from '../support/deployment.ts';
import { controlOf, listening } from './flow-endpoint.ts';
import { STORE } from './merchant.ts';

export const keyOf = (platformOrderId: string) => ({
  platform: 'nuvemshop',
  storeId: STORE,
  platformOrderId,
});
export const nameOf = (id: string) => `nuvemshop:${STORE}:${id}`;

/** What goes wrong in a shop, each fault as it is left behind where nobody looked. */
export function faultsOf(shop: TestShop) {
  const table = () => shop.cloud.tableName('Orders/Table');
  const world = () => shop.platforms.nuvemshop!.world;
  const storeThere = () => world().platform.stores.get(Number(STORE))!;
  const commands = () =>
    createCommandStore({ client: shop.table.client, table: table(), clock: { now: Date.now } });

  async function landed(): Promise<string> {
    const id = world().place();
    await world().settled();
    await shop.cloud.idle();
    return id;
  }

  return {
    commands,
    landed,

    /** A row as an earlier release left it, which did not understand the order. */
    async misunderstood(): Promise<string> {
      const id = await landed();
      const row = await shop.table.get(keyOf(id));
      const review = { reason: 'schema-mismatch', problem: 'total: expected text', at: Date.now() } as const;
      await createOrderStore(shop.table.client, table()).put(
        { ...row!, state: 'needs-review', review, revision: row!.revision + 1 },
        row!.revision,
      );
      return id;
    },

    /** A command of which nobody knows whether the platform did it. */
    async inDoubt(): Promise<string> {
      const id = `c-${await landed()}`;
      const given = await commands().accept(keyOf(id.slice(2)), {
        client: 'erp',
        id,
        command: 'close',
        input: {},
        sha256: 'x',
        giveUpAt: Date.now() + 3_600_000,
        correlationId: 'a-test',
      });
      const reason = 'The call was cut off.';
      await commands().resolve(given, {
        ...given.command,
        state: 'in_doubt',
        reason,
        updatedAt: Date.now(),
      });
      return id;
    },

    /** An order that no webhook tells of. */
    unheard(): string {
      const { webhooks } = storeThere();
      const subscribed = [...webhooks];
      webhooks.clear();
      const id = world().place();
      for (const [key, webhook] of subscribed) webhooks.set(key, webhook);
      return id;
    },

    /** The platform does not take the store's token any more, and an order waits for it. */
    async revoked(): Promise<string> {
      storeThere().accessToken = 'revoked';
      const id = world().place();
      await world().settled();
      return id;
    },

    /** An endpoint as the deliverer leaves one that answered 410, whose system runs again. */
    async stoppedEndpoint(id: string): Promise<{ got(): number; close(): void }> {
      let got = 0;
      const server = createServer((request, response) => {
        request.resume().on('end', () => {
          got += 1;
          response.writeHead(204).end();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      await listening(shop, id, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const leases = createEndpointLeases(controlOf(shop));
      await leases.acquire(id, 'a-test', 1_000);
      await leases.stop(id, 'a-test', 'disabled', 'gone');
      return {
        got: () => got,
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      };
    },
  };
}
