import { randomUUID } from 'node:crypto';
import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import type { StoreName } from '../../functions/storage/keys.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';

export interface CommandFlowTools {
  /** Calls the API with a token that may give commands; undefined when it answers anything but 2xx. */
  call(path: string, init?: RequestInit): Promise<unknown>;
  comesTrue(isSo: () => Promise<boolean>): Promise<boolean>;
  isStopped(store: StoreName): Promise<boolean>;
  /** The platform refuses the credential once, and takes it again when it is probed. */
  refusedThenTaken(store: StoreName, call: () => Promise<unknown>): Promise<boolean>;
  nuvemshopOrder(): Promise<OrderKey>;
  pedidosyaOrder(): Promise<OrderKey>;
  /** Erases an order, and leaves bytes beside it. */
  eraseAndLeaveBytes(key: OrderKey): Promise<void>;
  /** Whether nothing is kept beside the order. */
  isBare(key: OrderKey): Promise<boolean>;
}

const NOTE = { command: 'note', input: { text: 'Fragile' } } as const;
const CANCEL = { command: 'cancel', input: { reason: 'closed', restock: false } } as const;

/** What a command of the merchant's own system needs. */
export function commandFlows(shop: TestShop, tools: CommandFlowTools) {
  const { call, comesTrue } = tools;

  async function give(key: OrderKey, what: typeof NOTE | typeof CANCEL): Promise<string> {
    const id = randomUUID();
    await call('/v1/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ id, order: itemName(key), ...what }] }),
    });
    return id;
  }
  const isDone = (id: string) =>
    comesTrue(async () => {
      const found = (await call(`/v1/commands/${id}`)) as { state?: string } | undefined;
      return found?.state === 'done';
    });
  /** Gives a command, and waits until that opened or closed the circuit. */
  async function giveUntilHeard(key: OrderKey, what: typeof NOTE | typeof CANCEL): Promise<void> {
    const before = await tools.isStopped(key);
    await give(key, what);
    await comesTrue(async () => (await tools.isStopped(key)) !== before);
  }

  const flows = {
    'a command is carried out at Nuvemshop': async () =>
      isDone(await give(await tools.nuvemshopOrder(), NOTE)),
    'a command is carried out at PedidosYa': async () =>
      isDone(await give(await tools.pedidosyaOrder(), CANCEL)),
    'commands of Nuvemshop go on after the credential was refused': async () => {
      const key = await tools.nuvemshopOrder();
      return tools.refusedThenTaken(key, async () => giveUntilHeard(await tools.nuvemshopOrder(), NOTE));
    },
    'commands of PedidosYa go on after the credential was refused': async () => {
      const key = await tools.pedidosyaOrder();
      return tools.refusedThenTaken(key, async () => giveUntilHeard(await tools.pedidosyaOrder(), CANCEL));
    },
    'the sweep tells of a command that nobody was told of': async () => {
      const key = await tools.nuvemshopOrder();
      const commands = createCommandStore({
        client: shop.table.client,
        table: shop.cloud.tableName('Orders/Table'),
        clock: { now: () => Date.now() - 60_000 },
      });
      const id = randomUUID();
      const giveUpAt = Date.now() + 3_600_000;
      const given = { client: 'erp', id, ...NOTE, sha256: '', giveUpAt, correlationId: id };
      await commands.accept(key, given);
      await shop.cloud.invoke('Erp/Sweeper/Function', {});
      return comesTrue(async () => (await commands.find('erp', id))?.command.state === 'done');
    },
  } satisfies Record<string, Flow>;

  const rare = {
    'a command of PedidosYa finds bytes beside an erased order': async () => {
      const key = await tools.pedidosyaOrder();
      await tools.eraseAndLeaveBytes(key);
      return (await isDone(await give(key, CANCEL))) && tools.isBare(key);
    },
  } satisfies Record<string, Flow>;
  return { flows, rare };
}
