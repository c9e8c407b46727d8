import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createCircuitBreaker } from '../../functions/storage/circuit-breaker.ts';
import {
  backfillKey,
  catalogueJobKey,
  circuitKey,
  outboxAsideKey,
  outboxKey,
  pendingFetchKey,
  pollBackoffKey,
  privacyReportKey,
} from '../../functions/storage/control-keys.ts';
import type { ItemKey, StoreName } from '../../functions/storage/keys.ts';
import type { TestShop } from '../support/deployment.ts';
import { ROUTES } from '../support/routes.ts';
import { STORE, title, titleOf } from './merchant.ts';
import { unlessConditionFailed } from './unless-condition-failed.ts';

/** One thing that a role is for. Says whether it came about. */
export type Flow = () => Promise<boolean>;

/** What the flows are made with. */
export interface FlowTools {
  toNuvemshop(path: string, body: object): Promise<Response>;
  toPedidosya(body: object): Promise<Response>;
  controlItem(key: ItemKey): Promise<unknown>;
  comesTrue(isSo: () => Promise<boolean>): Promise<boolean>;
  /** Gives a token, and subscribes to all that the platform tells of. */
  install(): Promise<{ html: string }>;
  reconcile(platform: string): Promise<unknown>;
  poll(): Promise<unknown>;
  forgetBackoff(): Promise<void>;
  /** Random text that no compression makes fit one message. */
  filler(): string;
}

const NUVEMSHOP = { platform: 'nuvemshop', storeId: STORE };

/** Flows that need items of the control table which an ordinary order does not. */
export function controlItemFlows(
  shop: TestShop,
  chain: StoreName,
  imotrizStore: StoreName,
  tools: FlowTools,
) {
  const { cloud, platforms, table } = shop;
  const { toNuvemshop, toPedidosya, controlItem, comesTrue } = tools;
  const nuvemshop = platforms.nuvemshop!.world;
  const imotriz = platforms.imotriz!.world;
  const isStopped = async (store: StoreName) => (await controlItem(circuitKey(store))) !== undefined;
  const nuvemshopRow = (platformOrderId: string) => table.get({ ...NUVEMSHOP, platformOrderId });
  let requests = 0;

  async function landed(): Promise<string> {
    const id = nuvemshop.place();
    await nuvemshop.settled();
    await comesTrue(async () => (await nuvemshopRow(id))?.state === 'ok');
    return id;
  }
  /** The platform refuses the credential once, and takes it again when it is probed. */
  async function refusedThenTaken(store: StoreName, call: () => Promise<unknown>): Promise<boolean> {
    const { faults } = platforms[store.platform as keyof typeof platforms]!;
    if (!(await isStopped(store))) {
      const takeAgain = faults.add({ kind: 'status', status: 401 });
      await call();
      takeAgain();
    }
    if (!(await isStopped(store))) return false;
    await hasCome(circuitKey(store), 'probeAt');
    await call();
    return !(await isStopped(store));
  }
  /** Runs something while calls to a store are stopped, as after a refused credential. */
  async function whileStopped<T>(store: StoreName, run: () => Promise<T>): Promise<T> {
    const { client } = table;
    const TableName = cloud.tableName('Control/Table');
    const backfill = { request: async () => {} };
    const circuit = createCircuitBreaker({
      client,
      table: TableName,
      ...store,
      clock: systemClock,
      backfill,
    });
    await circuit.trip('401', 'Wait.');
    return run().finally(() => client.send(new DeleteCommand({ TableName, Key: circuitKey(store) })));
  }
  /** Moves a time that an item holds into the past. Where it is gone meanwhile none is left in its place. */
  const hasCome = (Key: ItemKey, field: string) =>
    table.client
      .send(
        new UpdateCommand({
          TableName: cloud.tableName('Control/Table'),
          Key,
          UpdateExpression: 'SET #field = :past',
          ConditionExpression: 'attribute_exists(#field)',
          ExpressionAttributeNames: { '#field': field },
          ExpressionAttributeValues: { ':past': 0 },
        }),
      )
      .catch(unlessConditionFailed);
  /** A probe that could not be recorded is not made again for minutes: whoever waits for it is let try at once. */
  async function probesAreDue(): Promise<void> {
    for (const store of [NUVEMSHOP, chain, imotrizStore])
      if (await isStopped(store)) await hasCome(circuitKey(store), 'probeAt');
  }
  /** The same, and then what the refusals may have hidden is looked for. */
  async function reconciledAgain(store: StoreName, name: string): Promise<boolean> {
    if (!(await refusedThenTaken(store, () => tools.reconcile(name)))) return false;
    await tools.reconcile(name);
    return (await controlItem(backfillKey(store))) === undefined;
  }
  const customer = { id: 9, email: 'invented@example.com', phone: '+5400', identification: '30111222' };
  async function askForData(orderId: string): Promise<ItemKey> {
    requests += 1;
    const id = String(4000 + requests);
    await toNuvemshop(ROUTES.nuvemshopCustomersDataRequest, {
      store_id: Number(STORE),
      customer,
      orders_requested: [Number(orderId)],
      data_request: { id: Number(id) },
    });
    return privacyReportKey(NUVEMSHOP, id, 0);
  }
  const redact = (orderId: string, more: object = {}) =>
    toNuvemshop(ROUTES.nuvemshopCustomersRedact, {
      store_id: Number(STORE),
      customer,
      orders_to_redact: [Number(orderId)],
      ...more,
    });
  const exists = (key: ItemKey) => comesTrue(async () => (await controlItem(key)) !== undefined);

  const flows = {
    'Nuvemshop lets calls go on after it suspended them': async () => {
      await tools.install();
      nuvemshop.suspend();
      const stopped = await comesTrue(() => isStopped(NUVEMSHOP));
      nuvemshop.resume();
      return stopped && comesTrue(async () => !(await isStopped(NUVEMSHOP)));
    },
    'a customer of Nuvemshop is given a report': async () => exists(await askForData(await landed())),
    'a customer of Nuvemshop is erased by a request larger than a message': async () => {
      const id = await landed();
      await redact(id, { customer: { ...customer, identification: tools.filler() } });
      return comesTrue(async () => (await nuvemshopRow(id))?.erased !== undefined);
    },
    'how a catalogue job of PedidosYa ended is remembered': async () => {
      requests += 1;
      await toPedidosya({ job_id: `job-${requests}`, status: 'COMPLETED' });
      return exists(catalogueJobKey('pedidosya', `job-${requests}`));
    },
    'iMotriz is polled again after the credential was refused': () =>
      refusedThenTaken(imotrizStore, async () => {
        await tools.forgetBackoff();
        imotriz.place();
        await tools.poll();
      }),
  } satisfies Record<string, Flow>;

  /** What happens seldom, and needs permissions that nothing else needs. */
  const rare = {
    'the app is installed again after it was uninstalled': async () => {
      await tools.install();
      nuvemshop.uninstall();
      const stopped = await comesTrue(() => isStopped(NUVEMSHOP));
      const { html } = await tools.install();
      return stopped && title(html) === titleOf('installed') && !(await isStopped(NUVEMSHOP));
    },
    'an order that Nuvemshop fails to give waits, and is fetched again': async () => {
      const goOn = platforms.nuvemshop!.faults.add({ kind: 'status', status: 500 });
      const id = nuvemshop.place();
      await nuvemshop.settled();
      await comesTrue(
        async () => (await controlItem(pendingFetchKey(NUVEMSHOP, { resource: 'order', id }))) !== undefined,
      );
      goOn();
      return comesTrue(async () => {
        cloud.endWaits();
        return (await nuvemshopRow(id))?.state === 'ok';
      });
    },
    'a report is deleted with the personal data of its customer': async () => {
      const id = await landed();
      const report = await askForData(id);
      const kept = await exists(report);
      await redact(id);
      return kept && comesTrue(async () => (await controlItem(report)) === undefined);
    },
    'a page that the queue refuses is sent by the next poll': async () => {
      await tools.forgetBackoff();
      const id = imotriz.place();
      const restore = cloud.withoutPermission('Imotriz/Poll/Poller/Function', 'sqs:SendMessage');
      await tools.poll();
      restore();
      await tools.forgetBackoff();
      await tools.poll();
      return comesTrue(
        async () => (await table.get({ ...imotrizStore, platformOrderId: id }))?.state === 'ok',
      );
    },
    'what the queue can never be sent is set aside': async () => {
      const written = { receivedAt: Date.now(), correlationId: `odd-${Date.now()}`, chunk: 0 };
      const Item = { ...outboxKey(imotrizStore, written), message: { of: 'an earlier release' } };
      await table.client.send(new PutCommand({ TableName: cloud.tableName('Control/Table'), Item }));
      await tools.forgetBackoff();
      await tools.poll();
      return exists(outboxAsideKey(imotrizStore, Item.sk));
    },
    'iMotriz is polled again after it failed': async () => {
      await tools.forgetBackoff();
      const recover = platforms.imotriz!.faults.add({ kind: 'status', status: 500 });
      await tools.poll();
      recover();
      await hasCome(pollBackoffKey(imotrizStore), 'notBefore');
      await tools.poll();
      return (await controlItem(pollBackoffKey(imotrizStore))) === undefined;
    },
    'reconciliation of Nuvemshop goes on after the credential was refused': () =>
      reconciledAgain(NUVEMSHOP, 'Nuvemshop'),
    'reconciliation of PedidosYa goes on after the credential was refused': () =>
      reconciledAgain(chain, 'Pedidosya'),
    'reconciliation of iMotriz goes on after the credential was refused': () =>
      reconciledAgain(imotrizStore, 'Imotriz'),
  } satisfies Record<string, Flow>;

  return { flows, rare, isStopped, refusedThenTaken, whileStopped, probesAreDue };
}
