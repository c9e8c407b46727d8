import * as z from 'zod';
import type { ControlAction } from '../shared/control.ts';
import type { ImotrizWorld } from './world.ts';

const orderRef = z.strictObject({ orderId: z.string().min(1) });
const placeInput = z.strictObject({
  count: z.int().min(1).max(1000).default(1),
  oddity: z
    .enum([
      'no-id',
      'null-id',
      'no-products',
      'null-buyer',
      'wrong-total',
      'strange-types',
      'unknown-fields',
      'not-an-object',
      'no-total',
      'empty-amounts',
      'letters',
      'large',
    ])
    .optional(),
});
const changeInput = orderRef.extend({ change: z.enum(['line', 'note', 'address']).optional() });
const syncInput = z.strictObject({ at: z.iso.datetime().nullable() });
const breakInput = z.strictObject({
  how: z.enum([
    'html',
    'data-missing',
    'data-object',
    'metadata-missing',
    'metadata-strings',
    'negative-pending',
    'more-than-30',
    'metadata-null',
    'pending-null',
    'bare-list',
    'no-content',
    'empty-body',
    'empty-list',
    'data-null',
    'data-empty-object',
  ]),
});

/** What a person can make happen by `POST /_sim/do/{name}`, with a JSON body. */
export function controlActions(world: ImotrizWorld): Readonly<Record<string, ControlAction>> {
  const onOrder =
    (act: (orderId: string) => void): ControlAction =>
    (input) =>
      act(orderRef.parse(input).orderId);
  return {
    place(input) {
      const { count, oddity } = placeInput.parse(input);
      return Array.from({ length: count }, () => world.place(oddity === undefined ? {} : { oddity }));
    },
    change(input) {
      const { orderId, change } = changeInput.parse(input);
      world.change(orderId, change);
    },
    pay: onOrder(world.pay),
    pack: onOrder(world.pack),
    ship: onOrder(world.ship),
    deliver: onOrder(world.deliver),
    cancel: onOrder(world.cancel),
    unsync: onOrder(world.unsync),
    'renew-token': () => ({ token: world.renewToken() }),
    'sync-from'(input) {
      const { at } = syncInput.parse(input);
      world.setSyncFrom(at === null ? null : Date.parse(at));
    },
    'break-page': (input) => world.breakPages(breakInput.parse(input).how),
  };
}
