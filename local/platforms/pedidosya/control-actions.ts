import * as z from 'zod';
import type { ControlAction } from '../shared/control.ts';
import type { PedidosYaWorld } from './world.ts';

const orderRef = z.strictObject({ orderId: z.string().min(1) });
const placeInput = z.strictObject({
  storeId: z.string().optional(),
  count: z.int().min(1).max(1000).default(1),
});
const changeInput = orderRef.extend({
  change: z.enum(['note', 'amount', 'address', 'replacement', 'missing']).optional(),
});
const webhookInput = z.strictObject({
  purpose: z.enum(['orders', 'catalogue']),
  url: z.url(),
  secret: z.string().min(1),
});

/** What a person can make happen by `POST /_sim/do/{name}`, with a JSON body. */
export function controlActions(world: PedidosYaWorld): Readonly<Record<string, ControlAction>> {
  const onOrder =
    (act: (orderId: string) => unknown): ControlAction =>
    (input) =>
      act(orderRef.parse(input).orderId);
  return {
    place(input) {
      const { storeId, count } = placeInput.parse(input);
      const where = storeId === undefined ? {} : { storeId };
      return Array.from({ length: count }, () => world.place(where));
    },
    change(input) {
      const { orderId, change } = changeInput.parse(input);
      return world.change(orderId, change);
    },
    prepare: onOrder(world.prepare),
    dispatch: onOrder(world.dispatch),
    deliver: onOrder(world.deliver),
    advance: onOrder(world.advance),
    cancel: onOrder((orderId) => world.cancel(orderId)),
    resend: onOrder(world.resend),
    webhook(input) {
      const { purpose, url, secret } = webhookInput.parse(input);
      world.setWebhook(purpose, { url, secret });
      return { purpose, url };
    },
  };
}
