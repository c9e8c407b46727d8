import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../functions/domain/event.ts';
import { createFeedReader, type FeedPosition, PositionLost } from '../../functions/storage/feed.ts';
import { createFoundCurrentStore } from '../../functions/storage/found-current.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';

const shop = deployedShop(61);
const { json } = operatorAt(shop);
const LOOK_EVERY_MS = 50;
const PUBLISHER = 'Erp/Publisher/Function';

const reader = () =>
  createFeedReader({
    client: shop.table.client,
    table: shop.cloud.tableName('Control/Table'),
    clock: { now: Date.now },
  });

/** Everything that the feed holds behind a place. */
async function eventsAfter(after: FeedPosition): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for (;;) {
    const more = await reader().read({ ...after, seq: events.at(-1)?.seq ?? after.seq }, 1000);
    if (more.length === 0) return events;
    events.push(...more);
  }
}
/** Orders of every platform that come in, with all that their change brings about. */
async function ordersOf(count: number): Promise<void> {
  const worlds = Object.values(shop.platforms).map((platform) => platform!.world);
  for (let n = 0; n < count; n += 1) for (const world of worlds) world.place();
  await Promise.all(worlds.map((world) => world.settled()));
  await shop.cloud.fire('Imotriz/Poll/Schedule/co-main');
  await shop.cloud.idle();
}
const countIn = ({ id }: FeedEvent): number => Number(id.split(':').at(-1));
const byKey = (events: readonly FeedEvent[]) => Map.groupBy(events, ({ key }) => key);

describe('the feed of a deployment', () => {
  it('has every change of every row, once and in order, and nothing of a person', async () => {
    await ordersOf(4);

    const events = await eventsAfter({ epoch: 0, seq: 0 });

    const rows = await shop.table.all();
    expect(rows.length).toBeGreaterThanOrEqual(8);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    for (const { platform, storeId, platformOrderId, eventCount = 0, version, personal } of rows) {
      const own = byKey(events).get(`${platform}:${storeId}:${platformOrderId}`) ?? [];
      expect(own.map(countIn)).toEqual(Array.from({ length: eventCount }, (_, index) => index + 1));
      expect(own[0]?.type).toBe('order.created');
      expect(own.at(-1)?.version).toBe(version);
      for (const text of [personal?.name, personal?.email, personal?.phone])
        if (text !== undefined) expect(JSON.stringify(events)).not.toContain(text);
    }
    expect(shop.cloud.metrics.count('FeedLagSeconds')).toBe(events.length);
  });

  it('tells whoever asks the API again and again each event once, in order, while orders come', {
    timeout: 180_000,
  }, async () => {
    const { said } = await json('tokens', 'create', 'reader', '--scopes', 'orders:read');
    const authorization = `Bearer ${String(said.token)}`;
    const ask = async (after: string): Promise<{ items: FeedEvent[]; next: string }> => {
      const url = `${shop.cloud.outputs.ApiUrl}/v1/events?after=${encodeURIComponent(after)}`;
      return (await (await fetch(url, { headers: { authorization } })).json()) as Awaited<
        ReturnType<typeof ask>
      >;
    };
    const head = await reader().head();
    let { next } = await ask('head');
    const told: string[] = [];
    let placing = true;
    const placed = (async () => {
      for (let n = 0; n < 4; n += 1) await ordersOf(1);
      placing = false;
    })();

    for (let rounds = 0; placing || rounds < 3; rounds = placing ? 0 : rounds + 1) {
      const page = await ask(next);
      next = page.next;
      told.push(...page.items.map(({ id }) => id));
      await setTimeout(LOOK_EVERY_MS);
    }
    await placed;

    expect(told.length).toBeGreaterThanOrEqual(8);
    expect(told).toEqual((await eventsAfter(head)).map(({ id }) => id));
  });

  it('has what changed while it could not be written, in order, as soon as it can', async () => {
    const head = await reader().head();
    const give = shop.cloud.withoutPermission(PUBLISHER, 'dynamodb:PutItem');
    const worlds = Object.values(shop.platforms).map((platform) => platform!.world);
    for (const world of worlds) for (let n = 0; n < 3; n += 1) world.place();
    await Promise.all(worlds.map((world) => world.settled()));
    await shop.cloud.fire('Imotriz/Poll/Schedule/co-main');
    await expect
      .poll(() => shop.cloud.metrics.logged('FeedFailed', 'erp'), { timeout: 30_000 })
      .toBeGreaterThan(0);

    give();
    shop.cloud.endWaits();
    await shop.cloud.idle();

    const events = await eventsAfter(head);
    for (const own of byKey(events).values())
      expect(own.map(countIn)).toEqual(own.map((_, index) => (own[0] ? countIn(own[0]) : 0) + index));
    const rows = await shop.table.all();
    const all = byKey(await eventsAfter({ epoch: 0, seq: 0 }));
    for (const { platform, storeId, platformOrderId, eventCount = 0 } of rows)
      expect(all.get(`${platform}:${storeId}:${platformOrderId}`)?.map(countIn)).toContain(eventCount);
  });

  it('goes on in another container, without knowing anything', async () => {
    const head = await reader().head();
    shop.cloud.cool(PUBLISHER);

    await ordersOf(1);

    const [first] = await eventsAfter(head);
    expect(first?.seq).toBe(head.seq + 1);
  });

  it('has the state of every order after an operator caught up', async () => {
    // In a new epoch no order was told of yet, so none is left out because the last page tells of it.
    await shop.cloud.idle();
    await json('restore-finish', '--yes');
    const head = await reader().head();

    const { said } = await json('events', 'catch-up');

    const events = await eventsAfter(head);
    const rows = await shop.table.all();
    const ofOrders = events.filter(({ type }) => type.startsWith('order.'));
    expect(said).toEqual({ published: byKey(events).size });
    expect(byKey(ofOrders).size).toBe(rows.length);
    expect(events.every(({ caughtUp }) => caughtUp)).toBe(true);
  });

  it('begins anew after a restore, and its readers and reconciliation are told', async () => {
    const old = await reader().head();

    const { platform, storeId } = (await shop.table.all())[0]!;
    const found = createFoundCurrentStore({
      client: shop.table.client,
      table: shop.cloud.tableName('Control/Table'),
      platform,
      storeId,
    });
    await found.save('recent', { checkedAt: Date.now(), readAt: new Map([[1, Date.now()]]) });

    const { said } = await json('restore-finish', '--yes');
    await ordersOf(1);

    const { epoch } = await reader().head();
    const lost = await reader()
      .read(old, 1)
      .catch((error: unknown) => error);
    expect(said).toEqual({ epoch });
    expect(await found.load(), 'a row that was lost is looked for again').toEqual(new Map());
    expect(epoch).toBeGreaterThan(old.epoch);
    expect(lost).toBeInstanceOf(PositionLost);
    expect(lost).toMatchObject({ why: 'reset' });
    const [first] = await eventsAfter({ epoch, seq: 0 });
    expect(first?.seq).toBe(1);
    expect(first?.id).toContain(`:${epoch}:`);
  });
});
