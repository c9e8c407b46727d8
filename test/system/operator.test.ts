import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OrderRow } from '../../functions/domain/order-row.ts';
import { createOrderStore } from '../../functions/storage/orders.ts';
import { operatorOf } from '../../local/shop/operator.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { DEMO_CHAIN } from '../support/routes.ts';

const shop = deployedShop(71);
const { ops, json } = operatorAt(shop);
const STORE = '5665778';

const keyOf = (platformOrderId: string) =>
  ({ platform: 'nuvemshop', storeId: STORE, platformOrderId }) as const;
async function landed(): Promise<string> {
  const id = shop.platforms.nuvemshop!.world.place();
  await shop.platforms.nuvemshop!.world.settled();
  await shop.cloud.idle();
  return id;
}

/** Writes a row over the one that is there, as an earlier release would have. */
async function write(row: OrderRow): Promise<void> {
  const orders = createOrderStore(shop.table.client, shop.cloud.tableName('Orders/Table'));
  if (!(await orders.put(row, row.revision - 1))) throw new Error('the row was written meanwhile');
}

describe('the operator', () => {
  it('sees where an order is, and of its buyer nothing', async () => {
    const id = await landed();
    const row = await shop.table.get(keyOf(id));

    const { code, out } = await ops('show', `nuvemshop:${id}`);
    const missing = await ops('show', 'nuvemshop:1');

    expect(code).toBe(0);
    expect(out).toContain(row!.correlationId);
    expect(out).toMatch(/first +via webhook, at 20/);
    for (const text of [row!.personal?.name, row!.personal?.email]) expect(out).not.toContain(text);
    expect(missing).toMatchObject({ code: 1 });
  });

  it('is stopped before anything happens when the credentials are of another account than the stacks', async () => {
    const { options } = operatorOf(shop);
    const [file = ''] = options.slice(-1);
    const outputs = readFileSync(file, 'utf8');
    const elsewhere = join(mkdtempSync(join(tmpdir(), 'acopio-elsewhere-')), 'outputs.json');
    writeFileSync(elsewhere, outputs.replace('"AccountId":"000000000000"', '"AccountId":"123456789012"'));

    const { code, err } = await ops(
      '--outputs',
      elsewhere,
      'dlq',
      'purge',
      '--platform',
      'nuvemshop',
      '--yes',
    );
    rmSync(dirname(elsewhere), { recursive: true });

    expect(code).toBe(2);
    expect(err).toMatch(/account 000000000000 .* account 123456789012/);
    expect((await json('audit')).said).toEqual({ entries: [] });
  });

  it('is told what is wrong with a command', async () => {
    const help = await ops('--help');
    const wrong = await ops('replay', '--state', 'lost');
    const everything = await ops('replay');
    const noOrder = await ops('show', 'amazon:1');

    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Exit codes') as string });
    expect([wrong.code, everything.code, noOrder.code]).toEqual([2, 2, 2]);
    expect(noOrder.err).toMatch(/^acopio: .*nuvemshop:ID/);
  });

  it('replays from the kept bytes: says first what would change, then changes it', async () => {
    // Arrange: a row as an earlier release of ours, with a mistake in it, would have written it.
    const id = await landed();
    const row = await shop.table.get(keyOf(id));
    await write({
      ...row!,
      order: { ...row!.order!, totals: { ...row!.order!.totals, total: 1 } },
      contentHash: 'wrong',
      revision: row!.revision + 1,
    });

    // Act
    const dry = await json('replay', `nuvemshop:${id}`, '--dry-run');
    const between = await shop.table.get(keyOf(id));
    const real = await json('replay', `nuvemshop#${STORE}#order#${id}`);

    // Assert
    const result = { order: `nuvemshop#${STORE}#order#${id}`, result: 'updated', changes: ['totals'] };
    expect(dry).toMatchObject({ code: 0, said: { dryRun: true, results: [result] } });
    expect(between?.order?.totals.total).toBe(1);
    expect(real).toMatchObject({ code: 0, said: { results: [result] } });
    expect(await shop.table.get(keyOf(id))).toMatchObject({
      order: { totals: row!.order!.totals },
      origin: { first: { via: 'webhook' }, last: { via: 'replay' } },
    });
  });

  it('has orders fetched again through the queue, and what needs review resolved by it', async () => {
    // Arrange
    const id = await landed();
    const row = await shop.table.get(keyOf(id));
    const review = { reason: 'platform-keeps-failing', problem: 'x', at: 1 } as const;
    await write({ ...row!, state: 'needs-review', review, revision: row!.revision + 1 });

    // Act
    const listed = await json('attention', '--platform', 'nuvemshop');
    const queued = await json('replay', '--attention', '--platform', 'nuvemshop', '--source', 'fresh');
    await shop.cloud.idle();

    // Assert
    expect(JSON.stringify(listed.said)).toContain('platform-keeps-failing');
    expect(queued).toMatchObject({ code: 0, said: { totals: { queued: 1 } } });
    expect(await shop.table.get(keyOf(id))).toMatchObject({
      state: 'ok',
      origin: { last: { via: 'replay' } },
    });
    expect((await json('attention', '--platform', 'nuvemshop')).said).toEqual({ rows: [] });
  });

  it('has an order of PedidosYa fetched now, within the shared limit, and is told what iMotriz cannot do', async () => {
    // Arrange: a change that no webhook told of.
    const { world } = shop.platforms.pedidosya!;
    const { order_id: id } = world.place({ storeId: 'nbet' });
    await world.settled();
    await shop.cloud.idle();
    world.setWebhook('orders', { url: `${shop.cloud.apiUrl}/nowhere`, secret: 'x' });
    world.prepare(id);
    await world.settled();
    const storeId = DEMO_CHAIN;
    const row = () => shop.table.get({ platform: 'pedidosya', storeId, platformOrderId: id });
    const before = await row();

    // Act
    const dry = await json('replay', `pedidosya:${id}`, '--source', 'fresh', '--dry-run');
    const untouched = await row();
    const real = await json('replay', `pedidosya:${id}`, '--source', 'fresh');
    const imotriz = await ops('replay', 'imotriz:1', '--source', 'fresh');

    // Assert
    expect(dry).toMatchObject({ code: 0, said: { results: [{ result: 'updated' }] } });
    expect(untouched?.revision).toBe(before?.revision);
    expect(real).toMatchObject({ code: 0, said: { results: [{ result: 'updated' }] } });
    expect(await row()).toMatchObject({ origin: { first: { via: 'webhook' }, last: { via: 'replay' } } });
    expect((await row())?.order?.status).not.toBe(before?.order?.status);
    expect(imotriz).toMatchObject({
      code: 1,
      out: expect.stringContaining('imotriz.stores[].paths.order') as string,
    });
  });

  it('counts, peeks at and sends back dead letters, and loses none', async () => {
    // Arrange: the consumer may not write until five receives are used up.
    const restore = shop.cloud.withoutPermission('Nuvemshop/Orders/Consumer/Function', 'dynamodb:PutItem');
    const id = shop.platforms.nuvemshop!.world.place();
    await shop.platforms.nuvemshop!.world.settled();
    const dead = () => shop.cloud.peek('Nuvemshop/Orders/Intake/DeadLetters').length;
    await expect
      .poll(
        () => {
          shop.cloud.endWaits('Nuvemshop/Orders/Intake/Queue');
          return dead();
        },
        { interval: 100 },
      )
      .toBeGreaterThan(0);
    restore();
    const letters = dead();

    // Act
    const counted = await json('dlq', 'count');
    const peeked = await ops('dlq', 'peek', '--platform', 'nuvemshop');
    const again = await ops('dlq', 'peek', '--platform', 'nuvemshop');
    const refused = await ops('dlq', 'purge', '--platform', 'nuvemshop');
    const moved = await json('dlq', 'redrive', '--platform', 'nuvemshop');
    await shop.cloud.idle();

    // Assert
    expect(counted).toMatchObject({ code: 1, said: { nuvemshop: letters, pedidosya: 0 } });
    expect(peeked.out).toContain('nuvemshop  received');
    expect(peeked.out).not.toContain('store_id');
    expect(peeked.out).toMatch(new RegExp(`nuvemshop:${STORE}:${id}  is not in the table`));
    expect(peeked.out).toContain('tried 5 times');
    expect(again.out).toContain('tried 5 times');
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--yes') as string });
    expect(moved.said).toEqual({ moved: { nuvemshop: letters } });
    expect(dead()).toBe(0);
    expect(await shop.table.get(keyOf(id))).toMatchObject({ state: 'ok' });
  }, 300_000);

  it('pauses a store, sees who did and why, and has what waited worked on once it is resumed', async () => {
    // Arrange
    const store = `nuvemshop:${STORE}`;
    const reason = 'the prices are wrong';
    const standing = async () => {
      const { code, said } = await json('platforms');
      const [first] = said.platforms as { queue: { delayed: number }; stores: { paused?: object }[] }[];
      return { code, waits: (first?.queue.delayed ?? 0) > 0, paused: first?.stores[0]?.paused };
    };

    // Act
    const dry = await json('platforms', 'pause', store, '--reason', reason, '--dry-run');
    const before = await standing();
    const paused = await json('platforms', 'pause', store, '--reason', reason, '--for', '1h');
    const id = shop.platforms.nuvemshop!.world.place();
    await shop.platforms.nuvemshop!.world.settled();
    await expect.poll(standing, { timeout: 60_000 }).toMatchObject({
      code: 1,
      waits: true,
      paused: { by: 'a-test', reason },
    });
    const meanwhile = await shop.table.get(keyOf(id));
    const resumed = await json('platforms', 'resume', 'nuvemshop');

    // Assert
    expect(dry).toMatchObject({ code: 0, said: { stores: [{ result: 'would-be-paused' }] } });
    expect(before.paused).toBeUndefined();
    expect(paused).toMatchObject({ code: 0, said: { stores: [{ result: 'paused' }] } });
    expect(meanwhile).toBeUndefined();
    expect(resumed).toMatchObject({ code: 0, said: { stores: [{ result: 'resumed' }] } });
    const state = async () => {
      shop.cloud.endWaits('Nuvemshop/Orders/Intake/Queue');
      return (await shop.table.get(keyOf(id)))?.state;
    };
    await expect.poll(state, { timeout: 60_000, interval: 200 }).toBe('ok');
    expect(await json('platforms', 'resume', store)).toMatchObject({ code: 1 });
  }, 300_000);

  it('finds every change in the audit trail', async () => {
    const { said } = await json('audit', '--limit', '50');

    const entries = said.entries as { who: string; what: string; state: string }[];
    expect(new Set(entries.map(({ what }) => what))).toEqual(
      new Set(['replay', 'dlq redrive', 'platforms pause', 'platforms resume']),
    );
    expect(entries.every(({ who, state }) => who === 'a-test' && state === 'done')).toBe(true);
  });
});
