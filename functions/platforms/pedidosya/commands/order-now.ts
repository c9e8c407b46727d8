import { describe } from '../../reading/issue-texts.ts';
import { failed, notUnderstood } from '../client/call.ts';
import type { PedidosyaClient } from '../client.ts';
import { type PedidosyaOrder, pedidosyaOrderSchema } from '../order/schema.ts';
import type { PedidosyaChain } from '../settings.ts';

export type Outlet = PedidosyaChain['stores'][number];

/** The order as PedidosYa shows it now: every body that is sent is made from it. @throws PlatformError */
export async function orderNow({ orders }: PedidosyaClient, orderId: string): Promise<PedidosyaOrder> {
  const { json } = await orders.get(orderId);
  const read = pedidosyaOrderSchema().safeParse(json);
  if (!read.success)
    throw notUnderstood('orders.get', 200, `The order cannot be read: ${describe(read.error.issues)}.`);
  const { order_id: answered } = read.data;
  if (answered === orderId) return read.data;
  // From somebody's cache: a body made from it would put another order's lines into this one.
  const detail = `Asked for order ${orderId}, the platform answered with ${answered}.`;
  throw failed({ operation: 'orders.get', kind: 'retry-later', status: 200, detail });
}

/** Where an order stands, in PedidosYa's word. */
export const wordOf = ({ status }: Pick<PedidosyaOrder, 'status'>): string => status.trim().toUpperCase();

/** Not fulfilled yet: its lines may change. ACCEPTED is a sister brand's word (Partner API, use cases). */
export const BEFORE_FULFILMENT: ReadonlySet<string> = new Set(['RECEIVED', 'ACCEPTED']);
/** No rider has it yet: it may be cancelled. */
export const BEFORE_HANDOVER: ReadonlySet<string> = new Set([...BEFORE_FULFILMENT, 'READY_FOR_PICKUP']);
/**
 * Fulfilled. After the merchant's own DISPATCHED the platform shows that word, at a sister brand READY_FOR_PICKUP; GET may
 * show PICKED_UP.
 */
export const FULFILLED: ReadonlySet<string> = new Set([
  'READY_FOR_PICKUP',
  'DISPATCHED',
  'PICKED_UP',
  'DELIVERED',
]);

/** The outlet that an order names; undefined where it names none, or one that is not configured. */
export function outletOf(
  { client }: Pick<PedidosyaOrder, 'client'>,
  { stores }: Pick<PedidosyaChain, 'stores'>,
): Outlet | undefined {
  const own = client?.external_partner_config_id;
  const named = own ? stores.find(({ ownCode, storeId }) => ownCode === own || storeId === own) : undefined;
  return named ?? stores.find(({ storeId }) => storeId === client?.store_id);
}

export const PELICAN =
  'This outlet picks in PedidosYa\'s own app (pickingMode "pelican"): orders are changed there, and PedidosYa takes nothing from elsewhere. ' +
  'If it picks with a system of its own now, ask PedidosYa for the direct POS integration and set its pickingMode to "partner".';

/** Why orders of an outlet may not be changed from here; undefined where they may. */
export function refusalOfPicking(
  order: Pick<PedidosyaOrder, 'client'>,
  settings: Pick<PedidosyaChain, 'stores'>,
): string | undefined {
  const outlet = outletOf(order, settings);
  const modes = new Set(settings.stores.map(({ pickingMode }) => pickingMode));
  // An answer without the outlet still tells enough when every outlet is picked alike.
  const unnamed = !order.client?.store_id && !order.client?.external_partner_config_id;
  const mode = outlet?.pickingMode ?? (unnamed && modes.size === 1 ? [...modes][0] : undefined);
  if (mode === 'partner') return undefined;
  if (mode === 'pelican') return PELICAN;
  return "The order's outlet is not in the configuration. Add it under stores of the chain, with its pickingMode.";
}
