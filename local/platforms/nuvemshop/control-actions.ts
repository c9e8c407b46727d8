import * as z from 'zod';
import type { ControlAction } from '../shared/control.ts';
import type { NuvemshopWorld } from './world/world.ts';

const target = z.object({ orderId: z.string() });
const optionalStore = z.object({ storeId: z.string().optional() });

/** What a person can make happen over HTTP, by `POST /_sim/do/{name}` with a JSON body. */
export function controlActions(world: NuvemshopWorld): Record<string, ControlAction> {
  const onOrder =
    (act: (orderId: string) => void): ControlAction =>
    (input) => {
      const { orderId } = target.parse(input);
      act(orderId);
      return { orderId };
    };
  return {
    credentials: (input) => world.credentials(optionalStore.parse(input).storeId),
    subscribe(input) {
      const { url, events, storeId } = z
        .object({ url: z.url(), events: z.array(z.string()).optional(), storeId: z.string().optional() })
        .parse(input);
      world.subscribe({
        url,
        ...(events === undefined ? {} : { events }),
        ...(storeId === undefined ? {} : { storeId }),
      });
    },
    place: (input) => ({ orderId: world.place(optionalStore.parse(input).storeId) }),
    step: (input) => world.step(z.object({ orderId: z.string().optional() }).parse(input).orderId),
    pay: onOrder((orderId) => world.pay(orderId)),
    edit: onOrder((orderId) => world.edit(orderId)),
    'change-address': onOrder((orderId) => world.changeAddress(orderId)),
    pack: onOrder((orderId) => world.pack(orderId)),
    ship: onOrder((orderId) => world.ship(orderId)),
    deliver: onOrder((orderId) => world.deliver(orderId)),
    cancel: onOrder((orderId) => world.cancel(orderId)),
    archive: onOrder((orderId) => world.archive(orderId)),
    reopen: onOrder((orderId) => world.reopen(orderId)),
    uninstall: (input) => world.uninstall(optionalStore.parse(input).storeId),
    suspend: (input) => world.suspend('app-suspended', optionalStore.parse(input).storeId),
    resume: (input) => world.resume(optionalStore.parse(input).storeId),
    privacy(input) {
      const { topic, storeId } = optionalStore
        .extend({ topic: z.enum(['store/redact', 'customers/redact', 'customers/data_request']) })
        .parse(input);
      world.sendPrivacy(topic, storeId);
    },
    'set-stock'(input) {
      const { variantId, stock } = z
        .object({ variantId: z.int(), stock: z.union([z.int().min(0), z.null()]) })
        .parse(input);
      world.setStock(variantId, stock);
    },
    delivery(input) {
      const chance = z.number().min(0).max(1);
      const parsed = z
        .strictObject({
          duplicateProbability: chance.default(0),
          reorderProbability: chance.default(0),
          retryScale: z.number().nonnegative().default(1),
        })
        .parse(input);
      world.configureDelivery(parsed);
      return parsed;
    },
  };
}
