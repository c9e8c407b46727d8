import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Channel, channelsOf, type Merchant, merchantSchema } from '../../config/merchant.ts';
import { pascal } from '../../config/output-names.ts';
import { quarantineId } from '../../functions/pipeline/order-writer.ts';
import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import type { Job } from '../../functions/runtime/environment.ts';
import type { Message } from '../../functions/runtime/messages.ts';
import { pack } from '../../functions/runtime/payload.ts';
import { pollBackoffKey } from '../../functions/storage/keys.ts';
import { jobsOf, type Permission, permissionsOf } from '../../lib/jobs.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { Authorizer } from '../../local/cloud/iam/authorizer.ts';
import type { Statement } from '../../local/cloud/iam/policy.ts';
import { DEFAULTS } from '../../local/platforms/imotriz/options.ts';
import {
  connectStores,
  pointAtSimulators,
  routeOf,
  type ShopStore,
  secretsOf,
  startStores,
  stopStores,
} from '../../local/shop/stores.ts';
import { synthesizeApart } from '../../local/shop/synthesize-apart.ts';
import { openTable, type ShopTable } from '../../local/shop/table.ts';
import { demo, settings } from '../lib/assembly.ts';
import { open } from './merchant.ts';

/** The demo, with everything that it can do switched on, and reconciled in few calls. */
const merchant: Merchant = merchantSchema().parse({
  ...demo,
  platforms: {
    ...demo.platforms,
    pedidosya: {
      chains: settings.pedidosya.chains.map((chain) => ({
        ...chain,
        reconcile: { firstDays: 1, deepDays: 1 },
      })),
    },
    imotriz: {
      stores: settings.imotriz.stores.map((store) => ({
        ...store,
        rate: { perSecond: 100, burst: 200 },
        paths: { orderIds: DEFAULTS.paths.orderIds, order: DEFAULTS.paths.order },
      })),
    },
  },
});

/** Where the functions of a job stand; also the beginning of their roles' ids. */
const PLACES: Record<Job, string> = {
  process: 'Orders/Consumer',
  poll: 'Poll/Poller',
  reconcile: 'Reconcile/Reconciler',
  receive: 'Webhook/Receiver',
  install: 'Install/Installer',
};

interface Case {
  name: string;
  channel: Channel;
  job: Job;
  target: Permission['target'];
  sid: string;
}

const sidOf = (target: Permission['target']): string =>
  typeof target === 'string' ? pascal(target) : `Secret${pascal(target.credential)}`;

/** Secrets first: a function remembers what it has read. Whoever sends into a queue comes after whoever reads it. */
const cases: Case[] = (['process', 'poll', 'reconcile', 'receive', 'install'] as const).flatMap((job) =>
  channelsOf(merchant)
    .filter(({ platform }) => jobsOf(platform).includes(job))
    .flatMap((channel) =>
      permissionsOf(job, channel)
        .toSorted((a, b) => Number(typeof a.target === 'string') - Number(typeof b.target === 'string'))
        .map(({ target }) => {
          const sid = sidOf(target);
          return { name: `${channel.platform.name}-${job} without ${sid}`, channel, job, target, sid };
        }),
    ),
);

const assembly = mkdtempSync(join(tmpdir(), 'acopio-test-'));
const logs: string[] = [];
let stores: ShopStore[] = [];
let cloud: Cloud;
let table: ShopTable;
let sqs: SQSClient;

/** Statements of ours by role and Sid, as the policies of the deployment have them. */
const statements = new Map<string, Statement>();
let removed: { role: string; sid: string } | undefined;
let denied = 0;
const roleOf = (roleArn: string): string =>
  roleArn.replace(/^.*role\/(?:Acopio-demo-Integration-)?/, '').replace(/Role?\b.*$|Role.*$/, '');

beforeAll(async () => {
  const { attach, allows } = Authorizer.prototype;
  vi.spyOn(Authorizer.prototype, 'attach').mockImplementation(function (this: Authorizer, roleArn, all) {
    for (const one of all) if (one.Sid !== undefined) statements.set(`${roleOf(roleArn)} ${one.Sid}`, one);
    attach.call(this, roleArn, all);
  });
  vi.spyOn(Authorizer.prototype, 'allows').mockImplementation(function (this: Authorizer, who, asked) {
    const statement = removed && statements.get(`${removed.role} ${removed.sid}`);
    if (removed?.role === roleOf(who.roleArn ?? '') && statement?.Resource?.includes(asked.resource)) {
      denied += 1;
      return false;
    }
    return allows.call(this, who, asked);
  });
  stores = await startStores(merchant, 61);
  await synthesizeApart(pointAtSimulators(merchant, stores), assembly);
  // The platforms are told no address: nothing comes in that a flow did not send.
  cloud = await startCloud({
    assembly,
    secrets: secretsOf(stores),
    schedules: 'off',
    onFunctionLog: (_, line) => logs.push(line),
  });
  table = openTable(cloud);
  const { region, endpoint, adminCredentials: credentials } = cloud;
  sqs = new SQSClient({ region, endpoint, credentials });
}, 120_000);

afterAll(async () => {
  vi.restoreAllMocks();
  table?.close();
  sqs?.destroy();
  await stopStores(stores);
  await cloud?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

function storeOf({ platform }: Channel): ShopStore {
  const store = stores.find((one) => one.platform.name === platform.name);
  if (store === undefined) throw new Error(`no store of ${platform.name}`);
  return store;
}
const idOf = ({ platform }: Channel, job: Job): string => `${pascal(platform.name)}/${PLACES[job]}/Function`;
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

const FLOWS: Record<Job, (channel: Channel, target: Permission['target']) => Promise<boolean>> = {
  process,
  poll,
  reconcile,
  receive,
  install,
};

describe('each statement of each role is needed', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    '%s fails, and works with it',
    async (_, { channel, job, target, sid }) => {
      // Arrange
      removed = { role: `${pascal(channel.platform.name)}${PLACES[job].replace('/', '')}`, sid };
      denied = 0;

      // Act
      const without = await FLOWS[job](channel, target);
      const refusals = denied;
      removed = undefined;
      cloud.endWaits();
      await cloud.idle();
      const withIt = await FLOWS[job](channel, target);
      cloud.endWaits();
      await cloud.idle();

      // Assert
      expect(without).toBe(false);
      expect(refusals).toBeGreaterThan(0);
      expect(withIt).toBe(true);
    },
    60_000,
  );

  it('and there is no other statement of ours', () => {
    const known = cases.map(
      ({ channel, job, sid }) => `${pascal(channel.platform.name)}${PLACES[job].replace('/', '')} ${sid}`,
    );
    expect([...statements.keys()].sort()).toEqual(known.sort());
  });
});
