import type { CommandName } from '../../../../functions/domain/command.ts';
import type { OrderRow } from '../../../../functions/domain/order-row.ts';
import { normalisePedidosyaOrder } from '../../../../functions/platforms/pedidosya/normalise.ts';
import { pedidosya as platform } from '../../../../functions/platforms/pedidosya/platform.ts';
import type { PedidosyaChain } from '../../../../functions/platforms/pedidosya/settings.ts';
import type { PedidosYaSimulatorOptions } from '../../../../local/platforms/pedidosya/options.ts';
import type { OrderOddity } from '../../../../local/platforms/pedidosya/orders/odd-orders.ts';
import type { PedidosYaOrder } from '../../../../local/platforms/pedidosya/orders/order.ts';
import type { PedidosYaWorld } from '../../../../local/platforms/pedidosya/world.ts';
import type { OrderEffect } from '../../../../local/platforms/simulator.ts';
import { carryOut, rowOf } from '../../carry-out.ts';
import { startPedidosya } from '../harness.ts';

interface Wishes {
  /** `nbet`: riders of PedidosYa fetch it. `ar5v`: the store carries it. `s8ym`: picked in PedidosYa's app. */
  outlet?: 'nbet' | 'ar5v' | 's8ym';
  simulator?: Omit<PedidosYaSimulatorOptions, 'clock'>;
  settings?: Partial<PedidosyaChain>;
}

/** An order of two lines sold by the piece, at a simulated PedidosYa, and the commands of its chain. */
export async function startOrder({ outlet = 'nbet', simulator = {}, settings = {} }: Wishes = {}) {
  const started = await startPedidosya({ simulator, settings });
  const { world, api, platform: sim, clock, requests } = started;
  const { order_id: orderId } = placeWith(world, outlet, ['UNIT', 'UNIT']);
  const table = platform.commands({ id: started.settings.chainId, settings: started.settings });
  const rowNow = (id: string, changes: Partial<OrderRow> = {}): OrderRow =>
    rowOf(id, normalisePedidosyaOrder(world.order(id), started.settings), changes);
  const known = new Map([[orderId, rowNow(orderId)]]);

  return {
    ...started,
    sim,
    table,
    orderId,
    rowNow,
    /** What the table knows of an order from now on; at first, what it was when it was placed. */
    know: (row: OrderRow) => void known.set(row.platformOrderId, row),
    now: (): PedidosYaOrder => world.order(orderId),
    line: (index: number): string => world.order(orderId).items[index]!._id,
    do: (name: CommandName, input: object = {}, id = orderId) =>
      carryOut(
        table,
        api,
        { orderId: id, row: known.get(id) ?? rowNow(id), givenAt: clock.now() },
        name,
        input,
      ),
    effects: (kind: OrderEffect['kind'], id = orderId) =>
      world
        .effects(id)
        .filter((effect) => effect.kind === kind)
        .map(({ what }) => what),
    writes: () => sim.calls.filter(({ method }) => method === 'PUT').length,
    /** The body of the last PUT. */
    sent: (): { status: string; items: { _id?: string; sku: string; status: string }[] } =>
      JSON.parse(String(requests.findLast(({ method }) => method === 'PUT')?.body)),
    /** Another order, with lines sold as asked. */
    place: (types: ('UNIT' | 'KG')[], oddities: OrderOddity[] = []) =>
      placeWith(world, outlet, types, oddities).order_id,
  };
}

/** What is sold by weight and by the piece is drawn: orders are placed until one is as wanted. */
export function placeWith(
  world: PedidosYaWorld,
  storeId: string,
  types: readonly ('UNIT' | 'KG')[],
  oddities: OrderOddity[] = [],
): PedidosYaOrder {
  for (let n = 0; n < 500; n += 1) {
    const order = world.place({ storeId, lines: types.length, promoted: false, oddities });
    const skus = new Set(order.items.map(({ sku }) => sku));
    const drawn = order.items.map(({ pricing }) => pricing.pricing_type);
    if (skus.size === types.length && drawn.join() === types.join()) return order;
  }
  throw new Error(`no order of ${types.join()} was drawn`);
}
