import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { itemName } from '../../functions/domain/item-name.ts';
import type { OrderKey } from '../../functions/domain/order-row.ts';
import { unfinished } from '../../functions/storage/command-item.ts';
import { commandKey } from '../../functions/storage/command-keys.ts';
import { createCommandStore } from '../../functions/storage/commands.ts';
import type { ItemKey, StoreName } from '../../functions/storage/keys.ts';
import type { TestShop } from '../support/deployment.ts';
import type { Flow } from './control-item-flows.ts';
import { unlessConditionFailed } from './unless-condition-failed.ts';

export interface CommandFlowTools {
  /** Calls the API with a token that may give commands; undefined when it answers anything but 2xx. */
  call(path: string, init?: RequestInit): Promise<unknown>;
  comesTrue(isSo: () => Promise<boolean>): Promise<boolean>;
  isStopped(store: StoreName): Promise<boolean>;
  /** The platform refuses the credential once, and takes it again when it is probed. */
  refusedThenTaken(store: StoreName, call: () => Promise<unknown>): Promise<boolean>;
  whileStopped<T>(store: StoreName, run: () => Promise<T>): Promise<T>;
  nuvemshopOrder(): Promise<OrderKey>;
  pedidosyaOrder(): Promise<OrderKey>;
  /** Erases an order, and leaves bytes beside it. */
  eraseAndLeaveBytes(key: OrderKey): Promise<void>;
  /** Runs something of which PedidosYa's webhooks tell nobody. */
  pedidosyaSilent<T>(run: () => Promise<T>): Promise<T>;
  /** Whether nothing is kept beside the order. */
  isBare(key: OrderKey): Promise<boolean>;
}

const NOTE = { command: 'note', input: { text: 'Fragile' } } as const;
const CANCEL = { command: 'cancel', input: { reason: 'closed', restock: false } } as const;

/** What a command of the merchant's own system needs. */
export function commandFlows(shop: TestShop, tools: CommandFlowTools) {
  const { call, comesTrue } = tools;
  const storeAt = (now: () => number) =>
    createCommandStore({
      client: shop.table.client,
      table: shop.cloud.tableName('Orders/Table'),
      clock: { now },
    });
  const commands = storeAt(Date.now);

  const underWay = new Set<OrderKey>();
  async function give(key: OrderKey, what: typeof NOTE | typeof CANCEL): Promise<string> {
    const id = randomUUID();
    underWay.add(key);
    await call('/v1/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ id, order: itemName(key), ...what }] }),
    });
    return id;
  }
  const endsAs = (id: string, state: string) =>
    comesTrue(async () => {
      const found = (await call(`/v1/commands/${id}`)) as { state?: string } | undefined;
      return found?.state === state;
    });
  const isDone = (id: string) => endsAs(id, 'done');
  /** Sends a product, and names its command. */
  async function putProduct(externalId: string, product: object): Promise<string> {
    const answer = await call(`/v1/products/${externalId}?platform=nuvemshop`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(product),
    });
    return (answer as { command?: string } | undefined)?.command ?? '';
  }
  /** Gives a command, and waits until that opened or closed the circuit. */
  async function giveUntilHeard(key: OrderKey, what: typeof NOTE | typeof CANCEL): Promise<void> {
    const before = await tools.isStopped(key);
    await give(key, what);
    await comesTrue(async () => (await tools.isStopped(key)) !== before);
  }
  /** The orders land first: none does while the credential is refused. */
  async function goOnAfterRefusal(
    place: () => Promise<OrderKey>,
    what: typeof NOTE | typeof CANCEL,
  ): Promise<boolean> {
    const orders = [await place(), await place()];
    const [store] = orders as [OrderKey, OrderKey];
    // What is looked at again once its parcels are there would make the probe in the command's place.
    await comesTrue(async () =>
      (await Promise.all(orders.map((key) => shop.table.get(key)))).every((row) => row?.incomplete !== true),
    );
    return tools.refusedThenTaken(store, () => giveUntilHeard(orders.shift() ?? store, what));
  }

  /** Gives a command while calls are stopped; it is told of again later, and carried out then. */
  async function waitsWhileStopped(key: OrderKey, what: typeof NOTE | typeof CANCEL): Promise<boolean> {
    let id = '';
    const waits = await tools.whileStopped(key, async () => {
      id = await give(key, what);
      return comesTrue(async () => (await commands.find('erp', id))?.command.dueAt !== undefined);
    });
    return (
      waits &&
      comesTrue(async () => {
        await waitsAreOver();
        shop.cloud.endWaits();
        return (await commands.find('erp', id))?.command.state === 'done';
      })
    );
  }

  const flows = {
    'a command is carried out at Nuvemshop': async () =>
      isDone(await give(await tools.nuvemshopOrder(), NOTE)),
    'a command is carried out at PedidosYa': async () =>
      isDone(await give(await tools.pedidosyaOrder(), CANCEL)),
    'commands of Nuvemshop go on after the credential was refused': () =>
      goOnAfterRefusal(tools.nuvemshopOrder, NOTE),
    'commands of PedidosYa go on after the credential was refused': () =>
      goOnAfterRefusal(tools.pedidosyaOrder, CANCEL),
    'the sweep tells of a command that nobody was told of': async () => {
      const key = await tools.nuvemshopOrder();
      const id = randomUUID();
      const giveUpAt = Date.now() + 3_600_000;
      const given = { client: 'erp', id, ...NOTE, sha256: '', giveUpAt, correlationId: id };
      await storeAt(() => Date.now() - 60_000).accept(key, given);
      await shop.cloud.invoke('Erp/Sweeper/Function', {});
      return comesTrue(async () => (await commands.find('erp', id))?.command.state === 'done');
    },
    'a product of the merchant’s system goes to Nuvemshop, with a new category that is refused at first':
      async () => {
        const product = {
          name: 'Remera',
          variants: [{ sku: randomUUID() }],
          categories: [{ path: [randomUUID()] }],
        };
        const put = () => putProduct(product.variants[0]?.sku ?? '', product);
        const { faults } = shop.platforms.nuvemshop ?? {};
        const match = { method: 'POST', path: '/categories' };
        const takeAgain = faults?.add({ kind: 'status', status: 422, times: 1, match });
        const isRefused = await endsAs(await put(), 'refused');
        takeAgain?.();
        return isRefused && isDone(await put());
      },
  } satisfies Record<string, Flow>;

  /** Lets commands that wait for a time go on now: after a refused credential they wait for a minute. */
  async function waitsAreOver(): Promise<void> {
    for (const key of underWay) {
      const waiting = unfinished(await commands.ofOrder(key));
      if (waiting.length === 0) underWay.delete(key);
      for (const { n } of waiting) await hasCome(commandKey(key, n));
    }
  }
  const hasCome = (Key: ItemKey) =>
    shop.table.client
      .send(
        new UpdateCommand({
          TableName: shop.cloud.tableName('Orders/Table'),
          Key,
          UpdateExpression: 'SET dueAt = :past',
          ConditionExpression: 'attribute_exists(dueAt)',
          ExpressionAttributeValues: { ':past': 0 },
        }),
      )
      .catch(unlessConditionFailed);

  const rare = {
    'a command of Nuvemshop waits while calls are stopped': async () =>
      waitsWhileStopped(await tools.nuvemshopOrder(), NOTE),
    'a command of PedidosYa waits while calls are stopped': async () =>
      waitsWhileStopped(await tools.pedidosyaOrder(), CANCEL),
    'a customer of the merchant’s system goes to Nuvemshop': async () => {
      const answer = (await call('/v1/customers/C-1?platform=nuvemshop', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Persona Inventada', email: 'inventada@example.com' }),
      })) as { command?: string } | undefined;
      return isDone(answer?.command ?? '');
    },
    'a command of PedidosYa finds bytes beside an erased order': async () => {
      const key = await tools.pedidosyaOrder();
      await tools.eraseAndLeaveBytes(key);
      return tools.pedidosyaSilent(async () => (await isDone(await give(key, CANCEL))) && tools.isBare(key));
    },
  } satisfies Record<string, Flow>;
  return { flows, rare, waitsAreOver };
}
