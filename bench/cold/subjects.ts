import { join } from 'node:path';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { itemName } from '../../functions/domain/item-name.ts';
import { orderRowKey } from '../../functions/storage/keys.ts';
import type { InvocationReport } from '../../local/cloud/functions/fleet.ts';
import type { ObservedCall } from '../../local/cloud/gateway/gateway.ts';
import { pollSchedules, routeOf, type ShopStore } from '../../local/shop/stores.ts';
import { openTable } from '../../local/shop/table.ts';
import { type DeployedCloud, openDeployedCloud } from '../deployed-cloud.ts';
import { addEndpoint } from '../feed/endpoint.ts';
import { buildBare, buildEmpty } from './builds.ts';
import { plainInput } from './plain.ts';
import { otherThan, reworded } from './renewed.ts';

/** A bundle and its first call. */
export interface Bundle {
  file: string;
  event: unknown;
  env: Readonly<Record<string, string>>;
}

/** A function's first call, beside a bare handler that has the same clients and makes the same calls. */
export interface Subject {
  what: string;
  ours: Bundle;
  bare: Bundle;
  /** Calls of AWS that both make. */
  calls: number;
}

/** The API's first calls, and one of each other function; what they read and write is there. */
export interface Subjects {
  empty: Bundle;
  all: Subject[];
  /** Puts back what a first call changes, and answers an event as if it had never come. */
  renew(event: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Deploys the demo merchant, lets an order go through all of it, and keeps what each function was called with at a cold start. */
export async function openSubjects(): Promise<Subjects> {
  let calls: ObservedCall[] = [];
  let invocations: InvocationReport[] = [];
  const onCall = (call: ObservedCall) => calls.push(call);
  const onInvocation = (invocation: InvocationReport) => invocations.push(invocation);
  const deployed = await openDeployedCloud({ onCall, onInvocation }, 'started');
  const { cloud, stores } = deployed;
  const endpoint = await addEndpoint(deployed);
  const table = openTable(cloud);
  const all: Subject[] = [];

  /** Lets something happen while every function is cold. */
  async function record(happens: () => Promise<void>): Promise<void> {
    for (const { name } of cloud.functions) cloud.cool(name);
    [calls, invocations] = [[], []];
    await happens();
    await cloud.idle();
    const names = new Set(invocations.map(({ functionName }) => functionName));
    const made = [...names].sort().map((name) => subjectOf(deployed, name, invocations, calls));
    // What it was called with first counts: later calls of another function's test may find nothing to do.
    all.push(...made.filter(({ what }) => all.every((known) => known.what !== what)));
  }

  await deployed.pushOrder();
  await record(() => deployed.pushOrder());
  const [row, other] = await table.all();
  if (row === undefined || other === undefined) throw new Error('no row came of a webhook');
  const orderIds = [row.platformOrderId, other.platformOrderId];
  await record(() => request(deployed, '/v1/health'));
  const acknowledge = `/v1/orders/${encodeURIComponent(itemName(row))}/acknowledge`;
  await record(() => request(deployed, acknowledge, { erpId: 'SO-1', version: row.version }));
  await record(() => cloud.fire('Erp/Webhooks/Schedule/Sweep'));
  /** Ids of orders that a store was asked for, or gave when it was polled. */
  const placed = new Map<ShopStore, string>();
  for (const store of stores.filter((one) => one.webhooks?.carriesOrder === false)) {
    placed.set(store, store.place());
    await record(() => announce(deployed, store));
  }
  for (const store of stores.filter(({ poll }) => poll !== undefined)) {
    placed.set(store, store.place());
    await record(async () => {
      for (const schedule of pollSchedules([store])) await cloud.fire(schedule);
    });
  }
  return {
    empty: { file: buildEmpty(), event: {}, env: {} },
    all,
    async renew(event) {
      const TableName = cloud.tableName('Orders/Table');
      await table.client.send(new PutCommand({ TableName, Item: { ...orderRowKey(row), ...row } }));
      return aboutAnother(event, orderIds, placed);
    },
    async close() {
      table.close();
      endpoint.close();
      await deployed.stop();
    },
  };
}

/**
 * The event with another order in it, but where it is a request: the API's names an order that there is, and a webhook's is signed.
 * Where the platform is asked for the order it has the other, and where it is polled, too.
 */
function aboutAnother(
  event: unknown,
  orderIds: readonly string[],
  placed: ReadonlyMap<ShopStore, string>,
): unknown {
  if (isRequest(event)) return event;
  const others = new Map(orderIds.map((id) => [id, otherThan(id)]));
  for (const [store, id] of placed) others.set(id, store.poll === undefined ? store.place() : otherThan(id));
  for (const [store] of placed) if (store.poll?.unread() === 0) store.place();
  return reworded(event, (text) =>
    [...others].reduce((said, [id, other]) => said.replaceAll(id, other), text),
  );
}

/** Sends the webhook that says that the newest order of a store changed. */
async function announce({ cloud }: DeployedCloud, store: ShopStore): Promise<void> {
  const sample = store.webhooks?.sample();
  const topic = store.module.addresses[sample?.address ?? '']?.topic ?? '';
  const { body, headers } = sample ?? {};
  const url = `${cloud.apiUrl}${routeOf(store, topic)?.path}`;
  const { status } = await fetch(url, { method: 'POST', ...(body && { body }), ...(headers && { headers }) });
  if (status !== 200) throw new Error(`the receiver of ${store.platform.title} answered ${status}`);
}

const isRequest = (event: unknown): boolean => (event as { routeKey?: string }).routeKey !== undefined;

const isOfApi = (event: unknown): boolean =>
  /^[A-Z]+ \/v1\//.test((event as { routeKey?: string }).routeKey ?? '');

function subjectOf(
  { cloud }: DeployedCloud,
  name: string,
  invocations: readonly InvocationReport[],
  observed: readonly ObservedCall[],
): Subject {
  const { taskRoot, env } = cloud.definitionOf(name);
  const event = invocations.find(({ functionName }) => functionName === name)?.event;
  const calls = observed.filter(({ caller }) => caller === name);
  const bare = calls.map(({ service, operation, input }) => ({
    operation,
    input: service === 'dynamodb' ? plainInput(input) : input,
  }));
  return {
    what: whatOf(cloud.functions.find((one) => one.name === name)?.path ?? name, event),
    ours: { file: join(taskRoot, 'index.js'), event, env },
    bare: { file: buildBare(calls), event: { calls: bare }, env },
    calls: calls.length,
  };
}

/** A route of the API, or the construct path of another function without its ends. */
const whatOf = (path: string, event: unknown): string =>
  isOfApi(event)
    ? (event as { routeKey: string }).routeKey.replace('/v1', '')
    : path.replace(/^[^/]+\/|\/Function.*$/g, '');

async function request({ cloud, token }: DeployedCloud, path: string, body?: object): Promise<void> {
  const { status } = await fetch(`${cloud.outputs.ApiUrl}${path}`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (status !== 200) throw new Error(`${path} answered ${status}`);
}
