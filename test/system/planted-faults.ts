import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, vi } from 'vitest';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createEndpointLeases } from '../../functions/storage/endpoints.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import type { TestShop } from '../support/deployment.ts';
import { apiCaller } from './api-flows.ts';
import { controlOf, listening } from './flow-endpoint.ts';
import { STORE } from './merchant.ts';

export const keyOf = (platformOrderId: string) => ({
  platform: 'nuvemshop',
  storeId: STORE,
  platformOrderId,
});
export const nameOf = (id: string) => `nuvemshop:${STORE}:${id}`;

/** What there is of the SKU that drifts, and what somebody types into the panel. */
export const COUNTED = 8;
const TYPED = 508;

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

    /** A store shows another number of a SKU than it was told, and the comparison of the night found it. */
    async drifted(): Promise<{ sku: string; shown(): number | null }> {
      const variants = [...storeThere().products.values()].flatMap((product) => product.variants);
      const variant = variants.find(
        ({ sku }) => sku !== null && variants.filter((one) => one.sku === sku).length === 1,
      )!;
      const sku = variant.sku!;
      const shown = () => world().stockOf(variant.id);
      const compareProducts = () =>
        shop.cloud.invoke('Nuvemshop/Reconcile/Reconciler/Function', { products: true });
      await apiCaller(shop).call('/v1/stock', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items: [{ sku, quantity: COUNTED, asOf: new Date().toISOString() }] }),
      });
      // What the catalogue has of the SKU is learnt when it is compared.
      await compareProducts();
      await vi.waitFor(() => expect(shown()).toBeLessThanOrEqual(COUNTED), { timeout: 60_000 });
      await shop.cloud.idle();
      world().setStock(variant.id, TYPED);
      await world().settled();
      await shop.cloud.idle();
      await compareProducts();
      await shop.cloud.invoke('Erp/Comparer/Function', {});
      return { sku, shown };
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
