import { randomBytes, randomUUID } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import type { Channel } from '../../config/merchant.ts';
import { pascal } from '../../config/output-names.ts';
import { quarantineId } from '../../functions/pipeline/order-writer.ts';
import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import type { Job } from '../../functions/runtime/environment.ts';
import type { Message } from '../../functions/runtime/queue.ts';
import { pack } from '../../functions/runtime/queue.ts';
import { pollBackoffKey } from '../../functions/storage/keys.ts';
import type { Permission } from '../../lib/jobs.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { connectStores, routeOf, type ShopStore } from '../../local/shop/stores.ts';
import type { ShopTable } from '../../local/shop/table.ts';
import { open } from './merchant.ts';

/** A deployment whose platforms were told no address: nothing comes in that a flow did not send. */
export interface Deployed {
  assembly: string;
  cloud: Cloud;
  table: ShopTable;
  sqs: SQSClient;
  stores: readonly ShopStore[];
  /** Every line that the functions wrote. */
  logs: readonly string[];
}

/** Lets a job do what it uses a target for. True when it came to its end, false when it failed. */
export type Flow = (channel: Channel, target: Permission['target']) => Promise<boolean>;

/** Where the functions of a job stand; also the beginning of their roles' ids. */
export const PLACES: Record<Job, string> = {
  process: 'Orders/Consumer',
  poll: 'Poll/Poller',
  reconcile: 'Reconcile/Reconciler',
  receive: 'Webhook/Receiver',
  install: 'Install/Installer',
};

/** A flow for each job. */
export function flowsOf({ assembly, cloud, table, sqs, stores, logs }: Deployed): Record<Job, Flow> {
  function storeOf({ platform }: Channel): ShopStore {
    const store = stores.find((one) => one.platform.name === platform.name);
    if (store === undefined) throw new Error(`no store of ${platform.name}`);
    return store;
  }
  const idOf = ({ platform }: Channel, job: Job): string =>
    `${pascal(platform.name)}/${PLACES[job]}/Function`;
  const queueOf = ({ platform }: Channel): string => `${pascal(platform.name)}/Orders/Intake/Queue`;

  async function send(channel: Channel, ...messages: object[]): Promise<void> {
    const QueueUrl = cloud.queueUrl(queueOf(channel));
    for (const message of messages) {
      const envelope = { v: 1, receivedAt: Date.now(), attempts: 0 };
      const MessageBody = JSON.stringify({ ...envelope, ...message });
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
  }

  /** Whether what was sent into a queue came to its end; false when a message failed. */
  async function ends(work: () => Promise<void>, done: () => boolean | Promise<boolean>): Promise<boolean> {
    const from = logs.length;
    const state = async () => {
      if (await done()) return 'done';
      return logs.slice(from).some((line) => line.includes('message failed')) ? 'failed' : 'under way';
    };
    await work();
    let found = 'under way';
    await expect
      .poll(async () => (found = await state()), { timeout: 20_000, interval: 20 })
      .not.toBe('under way');
    return found === 'done';
  }

  const refreshOf = (storeId: string, orderId: string): Partial<Message> => ({
    kind: 'refresh',
    correlationId: randomUUID(),
    storeId,
    orderId,
    origin: 'reconcile',
    priority: 'urgent',
  });

  const hasRow = async ({ platform }: Channel, storeId: string, platformOrderId: string) =>
    (await table.get({ platform: platform.name, storeId, platformOrderId })) !== undefined;

  /** Fetches an order, or takes in bytes that become a row; `size` of those bytes decides whether they come in chunks. */
  function takeIn(channel: Channel, size = 100): Promise<boolean> {
    const { storeId, place } = storeOf(channel);
    if (channel.platform.resources.order.truth === 'fetched') {
      const id = place();
      return ends(
        () => send(channel, refreshOf(storeId, id)),
        () => hasRow(channel, storeId, id),
      );
    }
    const bytes = randomBytes(size);
    const correlationId = randomUUID();
    const { webhook } = channel.platform;
    const topic = webhook === undefined ? 'page' : 'webhook';
    const via = webhook === undefined ? 'poll' : 'webhook';
    const messages = pack(bytes).map((payload) => ({
      kind: 'received',
      via,
      topic,
      storeId,
      correlationId,
      payload,
    }));
    return ends(
      () => send(channel, ...messages),
      () => hasRow(channel, storeId, quarantineId(bytes)),
    );
  }

  /** A call that fails is sent again, with one more attempt. */
  async function sendAgain(channel: Channel): Promise<boolean> {
    const { simulator, storeId, place } = storeOf(channel);
    const id = place();
    const mend = simulator.faults.add({ kind: 'status', status: 500 });
    try {
      return await ends(
        () => send(channel, refreshOf(storeId, id)),
        () =>
          cloud.peek(queueOf(channel)).some(({ body }) => body.includes(id) && body.includes('"attempts":1')),
      );
    } finally {
      mend();
    }
  }

  /** Lambda reads the queue in the role's name, and looks whether it may when it is deployed. */
  async function deploy(): Promise<boolean> {
    const again = await startCloud({ assembly, schedules: 'off' }).catch((error: Error) => error);
    if (again instanceof Error) {
      expect(again.message).toContain('AWS would refuse');
      return false;
    }
    await again.stop();
    return true;
  }

  async function eraseStore(channel: Channel): Promise<boolean> {
    const { storeId } = storeOf(channel);
    const correlationId = randomUUID();
    return ends(
      () => send(channel, { kind: 'erase-store', storeId, correlationId }),
      () =>
        logs.some((line) => line.includes('personal data of a store erased') && line.includes(correlationId)),
    );
  }

  function process(channel: Channel, target: Permission['target']): Promise<boolean> {
    const fetched = channel.platform.resources.order.truth === 'fetched';
    if (target === 'queue') return fetched ? sendAgain(channel) : deploy();
    if (target === 'changes') return eraseStore(channel);
    return takeIn(channel, target === 'control' ? 300_000 : 100);
  }

  async function poll(channel: Channel): Promise<boolean> {
    const { platform } = channel;
    const { storeId, place } = storeOf(channel);
    const Key = pollBackoffKey({ platform: platform.name, storeId });
    await table.client.send(new DeleteCommand({ TableName: cloud.tableName('Control/Table'), Key }));
    place();
    const count = () => cloud.metrics.total('PollOrdersFound', { platform: platform.name });
    const before = count();
    await cloud.fire(`${pascal(platform.name)}/Poll/Schedule/${storeId}`).catch(() => {});
    return count() > before;
  }

  async function reconcile(channel: Channel): Promise<boolean> {
    storeOf(channel).place();
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const { payload, error } = await cloud.invoke(idOf(channel, 'reconcile'), { from });
    if (error !== undefined) return false;
    const [report] = payload as Report[];
    return report?.outcome === 'done' && report.counts.failed === 0 && report.counts.repaired > 0;
  }

  async function receive(channel: Channel): Promise<boolean> {
    const store = storeOf(channel);
    store.place();
    const { address = '', headers = {}, body = '' } = store.webhooks?.sample() ?? {};
    const path = routeOf(store, store.module.addresses[address]?.topic ?? '')?.path ?? '';
    const response = await fetch(`${cloud.apiUrl}${path}`, { method: 'POST', headers, body });
    return response.status === 200;
  }

  async function install({ platform }: Channel): Promise<boolean> {
    const store = stores.filter((one) => one.platform.name === platform.name);
    connectStores(store, cloud.apiUrl);
    const start = await open(`${cloud.apiUrl}${platform.oauth?.start.path}`);
    if (start.status !== 302) return false;
    const agreed = await open(`${start.location}&store_id=${store[0]?.storeId}`);
    return (await open(agreed.location, start.cookie)).status === 200;
  }

  return { process, poll, reconcile, receive, install };
}
