import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { createSetAsideEvents } from '../../functions/storage/set-aside.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';

const shop = deployedShop(83);
const { ops, json } = operatorAt(shop);
const SWEEP = 'Erp/Webhooks/Schedule/Sweep';

/** The merchant's system on this machine, as a developer runs it beside the local cloud. */
const erp = {
  url: '',
  answer: (_event: FeedEvent): number => 204,
  got: [] as { event: FeedEvent; headers: Record<string, unknown> }[],
};
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  const event = JSON.parse(body) as FeedEvent;
  erp.got.push({ event, headers: request.headers });
  const status = erp.answer(event);
  // A refusal is quick, as it is where a system checks before it works.
  if (status === 204) await new Promise((resolve) => setTimeout(resolve, 200));
  response.writeHead(status).end('{"said":"by the ERP"}');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  erp.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  erp.answer = () => 204;
  erp.got = [];
});

async function added(...args: string[]): Promise<{ id: string; secret: string }> {
  const { said } = await json('webhooks', 'add', erp.url, ...args);
  return said as { id: string; secret: string };
}
async function removed(id: string): Promise<void> {
  await ops('webhooks', 'remove', id, '--yes');
}
/** An order of the shop that has its row. What an endpoint does not take waits in a queue, so nobody waits for those. */
async function ordered(): Promise<string> {
  const id = shop.platforms.nuvemshop!.world.place();
  await shop.platforms.nuvemshop!.world.settled();
  const key = { platform: 'nuvemshop', storeId: '5665778', platformOrderId: id };
  await expect.poll(async () => (await shop.table.get(key))?.state, { timeout: 30_000 }).toBe('ok');
  return id;
}
const gotOf = (order: string) => erp.got.filter(({ event }) => event.key?.endsWith(`:${order}`));

describe('an endpoint', { timeout: 120_000 }, () => {
  it('is sent what happens to orders, signed, and nothing of a person', async () => {
    const { id } = await added();

    const order = await ordered();
    const isCreated = ({ event: { type } }: { event: FeedEvent }) => type === 'order.created';
    await expect.poll(() => gotOf(order).some(isCreated), { timeout: 30_000 }).toBe(true);
    await removed(id);

    const first = gotOf(order).find(isCreated);
    expect(first!.event).toMatchObject({ version: 1, seq: expect.any(Number) });
    expect(first!.headers).toMatchObject({
      'webhook-id': first!.event.id,
      'webhook-signature': expect.stringMatching(/^v1,/),
    });
    const row = await shop.table.get({ platform: 'nuvemshop', storeId: '5665778', platformOrderId: order });
    const sent = JSON.stringify(erp.got);
    for (const text of [row!.personal!.name, row!.personal!.email]) expect(sent).not.toContain(text);
  });

  it('can be tested, paused, rewound and rotated', async () => {
    const { id } = await added('--types', 'order.created');

    const tested = await json('webhooks', 'test', id);
    await json('webhooks', 'pause', id);
    const order = await ordered();
    const paused = await standing(id);
    await json('webhooks', 'rotate', id);
    await json('webhooks', 'rewind', id, '--to', 'oldest');
    await json('webhooks', 'resume', id);
    await expect.poll(() => gotOf(order).length, { timeout: 30_000 }).toBe(1);
    const list = await json('webhooks', 'list');
    const finished = await json('webhooks', 'rotate', id, '--finish');
    await removed(id);

    expect(tested).toMatchObject({ code: 0, said: { taken: true, status: 204 } });
    expect(paused).toMatchObject({ status: 'paused', why: 'operator' });
    expect(list.said.endpoints).toContainEqual(expect.objectContaining({ id, secrets: 2, status: 'active' }));
    expect(finished.said).toMatchObject({ forgotten: 1 });
    const signed = gotOf(order)[0]!.headers['webhook-signature'];
    expect(String(signed).split(' ')).toHaveLength(2);
    expect(erp.got[0]!.event).toMatchObject({ type: 'test' });
  });

  it('that refuses an event and takes the next one is sent it again on demand, as the order stands then', async () => {
    const { id } = await added();
    const isOf = (order: string, { key }: FeedEvent) => key.endsWith(`:${order}`);
    let refused = '';
    // The first order's creation, and nothing else.
    erp.answer = (event) => {
      if (event.type !== 'order.created') return 204;
      if (refused === '') refused = event.key.replace(/^.*:/, '');
      return isOf(refused, event) ? 422 : 204;
    };
    await ordered();
    await ordered();
    // Without waiting for the next call.
    await json('webhooks', 'resume', id);
    await expect.poll(async () => (await standing(id)).setAside, { timeout: 30_000 }).toBeGreaterThan(0);

    const { code, said } = await json('webhooks', 'set-aside', 'list', id);
    erp.answer = () => 204;
    const before = gotOf(refused).length;
    await json('webhooks', 'set-aside', 'redeliver', id);
    await expect.poll(async () => (await standing(id)).setAside, { timeout: 20_000 }).toBe(0);
    await removed(id);

    expect(code).toBe(1);
    expect(said.events).toContainEqual(expect.objectContaining({ endpoint: id, answered: 422 }));
    expect(gotOf(refused).slice(before)).toContainEqual(
      expect.objectContaining({ event: expect.objectContaining({ caughtUp: true, to: expect.any(String) }) }),
    );
  });

  it('that is down is tried again later, and the cloud rests meanwhile', async () => {
    erp.answer = () => 503;
    const { id } = await added();

    await ordered();
    // A publisher that knows the endpoints of the last minute does not know this one.
    await shop.cloud.fire(SWEEP);
    await expect.poll(async () => (await standing(id)).failures, { timeout: 30_000 }).toBeGreaterThan(0);
    await shop.cloud.idle({ but: ['Erp/Webhooks/Deliveries'] });
    const down = await standing(id);
    erp.answer = () => 204;
    await json('webhooks', 'resume', id);
    await expect.poll(async () => (await standing(id)).failures, { timeout: 30_000 }).toBe(0);
    await removed(id);

    expect(down.failures).toBeGreaterThan(0);
    expect(down.notBefore).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is looked after every minute', async () => {
    await shop.cloud.fire(SWEEP);

    expect(shop.cloud.metrics.logged('SweepCompleted', 'erp')).toBeGreaterThan(0);
  });

  it.each([
    ['https://10.0.0.1/', /not on the public internet/],
    ['http://erp.example.com/', /https/],
    ['https://a:b@erp.example.com/', /password/],
  ])('%s is not added', async (url, why) => {
    const { code, err } = await ops('webhooks', 'add', url);

    expect(code).toBe(2);
    expect(err).toMatch(why);
  });
});

/** An endpoint as the table has it. */
async function standing(id: string) {
  const table = { client: shop.table.client, table: shop.cloud.tableName('Control/Table') };
  const endpoint = await createEndpointAdmin({ ...table, clock: systemClock }).get(id);
  const setAside = await createSetAsideEvents(table.client, table.table).list(id);
  return { ...endpoint, setAside: setAside.length };
}
