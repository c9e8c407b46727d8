import type { OrderKey } from '../../functions/domain/order-row.ts';
import { eraseOrder } from '../../functions/pipeline/privacy/erase.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createEmails } from '../../functions/storage/emails.ts';
import type { StoreName } from '../../functions/storage/keys.ts';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { DEFAULTS } from '../../local/platforms/imotriz/options.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';

export interface ErasedFlowTools {
  comesTrue(isSo: () => Promise<boolean>): Promise<boolean>;
  /** Runs something that happens without any webhook. */
  unheard<T>(happen: () => T): T;
  reconcile(platform: string): Promise<boolean>;
  pollImotriz(): Promise<boolean>;
  chain: StoreName;
  outlet: string;
  imotrizStore: StoreName;
}

/** What happens around an order that was erased, and needs permissions that nothing else needs. */
export function erasedFlows({ cloud, platforms, table }: TestShop, tools: ErasedFlowTools) {
  const { comesTrue, unheard, reconcile, chain, outlet: storeId, imotrizStore } = tools;
  const pedidosya = platforms.pedidosya!.world;
  const imotriz = platforms.imotriz!.world;
  const at = { client: table.client, table: cloud.tableName('Orders/Table') };
  const raws = createRawStore({ ...at, days: 1, now: Date.now });
  const orders = createOrderStore(at.client, at.table);
  const commands = createCommandStore({ ...at, clock: systemClock });
  const emails = createEmails(at.client, at.table);

  /** Erases an order in the moment in which a writer kept its bytes, and was stopped before it found the mark. */
  async function eraseAndLeaveBytes(key: OrderKey): Promise<void> {
    const request = { because: 'operator', request: 'a-test' } as const;
    await eraseOrder({ orders, raws, commands, emails, clock: systemClock }, key, request);
    await raws.put(key, Buffer.from('{"left":"behind"}'));
  }
  const isBare = (key: OrderKey) => comesTrue(async () => (await raws.list(key)).length === 0);
  const pedidosyaUnheard = (): OrderKey => {
    const { order_id: platformOrderId } = unheard(() => pedidosya.place({ storeId }));
    return { ...chain, platformOrderId };
  };

  const rare = {
    'a webhook of PedidosYa finds bytes beside an erased order': async () => {
      const key = pedidosyaUnheard();
      await eraseAndLeaveBytes(key);
      pedidosya.prepare(key.platformOrderId);
      return isBare(key);
    },
    'reconciliation of PedidosYa finds bytes beside an erased order': async () => {
      const key = pedidosyaUnheard();
      await eraseAndLeaveBytes(key);
      unheard(() => pedidosya.prepare(key.platformOrderId));
      return (await reconcile('Pedidosya')) && isBare(key);
    },
    'a page of iMotriz finds bytes beside an erased order': async () => {
      const key = { ...imotrizStore, platformOrderId: imotriz.place() };
      await eraseAndLeaveBytes(key);
      await tools.pollImotriz();
      return isBare(key);
    },
    'an order of iMotriz is erased while reconciliation fetches it': async () => {
      const { faults, calls } = platforms.imotriz!;
      const key = { ...imotrizStore, platformOrderId: imotriz.place() };
      const path = DEFAULTS.paths.order;
      faults.add({ match: { path }, kind: 'slow', delayMs: 1000, times: 1 });
      const before = calls.length;
      const done = reconcile('Imotriz');
      await comesTrue(async () => calls.slice(before).some(({ route }) => route === path));
      await eraseAndLeaveBytes(key);
      return (await done) && isBare(key);
    },
  } satisfies Record<string, Flow>;
  return { rare, eraseAndLeaveBytes, isBare };
}
