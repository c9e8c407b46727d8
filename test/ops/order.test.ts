import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCommandStore } from '../../functions/storage/commands.ts';
import { createEndpointAdmin, listEndpoints } from '../../functions/storage/endpoints.ts';
import { startEpoch } from '../../functions/storage/feed-epoch.ts';
import { createFeedWriter } from '../../functions/storage/feed-writer.ts';
import { createOrderStore, createRawStore } from '../../functions/storage/orders.ts';
import { wholeOrder } from '../../ops/data/order.ts';
import { openFeed } from '../../ops/feed-place.ts';
import { rowOf } from '../storage/samples.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';
import { sampleOrder } from '../support/sample-order.ts';

const tables = localTables();
const clock = movedClock();
const KEY = { platform: 'shop', storeId: 's', platformOrderId: 'id-1' };
const copies: string[] = [];

const raws = () => createRawStore({ ...tables, days: 30, now: clock.now });
const orders = () => createOrderStore(tables.client, tables.table);
const control = () => ({ ...tables, clock });
/** What the screen reads with; each copy is an order as JSON. */
function context() {
  const readStored = (bytes: Uint8Array) => ({
    kind: 'orders',
    orders: [{ reading: { ok: true, order: JSON.parse(Buffer.from(bytes).toString()) }, bytes }],
  });
  return {
    storeOf: () => ({
      orders: orders(),
      raws: raws(),
      store: {},
      platform: { resources: { order: { readStored } } },
    }),
    commands: createCommandStore(control()),
    webhooks: { list: () => listEndpoints(control()), feed: openFeed(control()) },
  } as unknown as Parameters<typeof wholeOrder>[0];
}

beforeAll(async () => {
  for (const updatedAt of ['2026-11-22T11:00:00.000Z', '2026-11-22T12:00:00.000Z']) {
    const { sha256 } = await raws().put(KEY, Buffer.from(JSON.stringify({ ...sampleOrder(KEY), updatedAt })));
    copies.push(sha256);
  }
  const times = [clock.now() - 3_600_000, clock.now()];
  const [first = 0, last = 0] = times;
  const origin = { first: { via: 'webhook', at: first }, last: { via: 'webhook', at: last } } as const;
  const raw = { sha256: copies[1]!, bytes: 1, chunkCount: 1 };
  await orders().put(rowOf(KEY.platformOrderId, { origin, version: 2, eventCount: 2, raw }), 0);
  await createCommandStore(control()).accept(KEY, {
    client: 'erp',
    id: 'c-1',
    command: 'cancel',
    input: {},
    sha256: 'ab'.repeat(32),
    giveUpAt: clock.now() + 3_600_000,
    correlationId: 'c',
  });
  await startEpoch(control());
  await createFeedWriter(control()).append({
    events: (epoch) =>
      times.map((at, index) => ({
        id: `shop:s:order:id-1:${epoch}:${index + 1}`,
        type: index === 0 ? 'order.created' : 'order.updated',
        at: new Date(at).toISOString(),
        key: 'shop:s:id-1',
        version: index + 1,
      })),
  });
  await createEndpointAdmin(control()).add(
    { id: 'wh', url: 'https://erp.example.com' },
    { epoch: 0, seq: 0 },
  );
});
afterEach(() => void vi.restoreAllMocks());

describe('everything that is known of an order', () => {
  it('is its way, its commands and its versions', async () => {
    const found = await wholeOrder(context(), KEY);

    expect(found?.timeline.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['received', 'published', 'published', 'command-given']),
    );
    expect(found?.timeline.find(({ step }) => step === 'published')?.with).toMatchObject({ waiting: ['wh'] });
    expect(found?.commands).toMatchObject([{ order: 'shop:s:id-1', id: 'c-1' }]);
    expect(found?.versions).toMatchObject([
      { sha256: copies[1], current: true, differences: [{ field: 'updatedAt' }] },
      { sha256: copies[0], current: false },
    ]);
    expect(found?.row.kept).toHaveLength(2);
    expect(found?.eventCount).toBe(2);
  });

  it('is read with few calls, and nothing of it twice', async () => {
    const sent = vi.spyOn(tables.client, 'send');

    await wholeOrder(context(), KEY);

    const read = sent.mock.calls.map(([{ input }]) => JSON.stringify(input));
    const twice = read.filter((one, index) => read.indexOf(one) !== index);
    // Whoever reads the feed looks each time in which epoch it is.
    expect(twice.filter((one) => !one.includes('feed-pointer'))).toEqual([]);
    expect(read.length).toBeLessThanOrEqual(15);
  });

  it('is nothing where the order is not in the table, and then the feed is not read', async () => {
    const sent = vi.spyOn(tables.client, 'send');

    expect(await wholeOrder(context(), { ...KEY, platformOrderId: 'nobody' })).toBeUndefined();
    expect(JSON.stringify(sent.mock.calls.map(([{ input }]) => input))).not.toContain('feed');
  });
});
