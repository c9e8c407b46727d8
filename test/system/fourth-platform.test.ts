import { readFileSync } from 'node:fs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { merchantNamed } from '../../config/merchant.ts';
import { itemName } from '../../functions/domain/item-name.ts';
import type { Report } from '../../functions/pipeline/reconcile/report.ts';
import { orderPk, orderRowKey } from '../../functions/storage/keys.ts';
import { runDay } from '../../local/shop/day.ts';
import { playDay } from '../../local/shop/once.ts';
import { summarise } from '../../local/shop/summary.ts';
import { waitUntilIdle } from '../../local/shop/wait-until-idle.ts';
import {
  alarmsIn,
  deployedBazaar,
  knownInOtherProcesses,
  merchantWith,
  outputsIn,
} from '../support/bazaar/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { erpOf } from './erp.ts';

knownInOtherProcesses();

describe('a merchant who sells on a fourth platform only', () => {
  const deployed = deployedBazaar(5);
  const { shop, simulator, world, webhookUrl, keyOf, rowOf, settled, landed, secretOf } = deployed;
  const { ops, json } = operatorAt(shop);
  const callsTo = (route: string) => simulator().calls.filter((call) => call.route === route);

  afterEach(() => world().subscribe(webhookUrl()));

  it('has a row for the order that a webhook told of', async () => {
    const id = await landed();

    expect(await rowOf(id)).toMatchObject({
      state: 'ok',
      order: { status: 'received', currency: 'ARS' },
      origin: { first: { via: 'webhook' } },
    });
  });

  it('has the orders that polls brought, of each of its stores', async () => {
    world().unsubscribe();
    const here = Array.from({ length: 4 }, () => world().place('centre'));
    const there = world().place('harbour');

    await shop.poll();
    await shop.cloud.idle();

    const rows = await Promise.all([...here.map((id) => rowOf(id)), rowOf(there, 'harbour')]);
    for (const row of rows) expect(row).toMatchObject({ state: 'ok', origin: { first: { via: 'poll' } } });
  });

  it('finds by reconciliation the order whose webhook was lost', async () => {
    world().unsubscribe();
    const id = world().place('harbour');

    const { payload } = await shop.cloud.invoke('Bazaar/Reconcile/Reconciler/Function', {
      storeId: 'harbour',
      from: new Date(Date.now() - 3_600_000).toISOString(),
    });
    await shop.cloud.idle();

    expect((payload as Report[])[0]).toMatchObject({ outcome: 'done', counts: { missing: 1 } });
    expect(await rowOf(id, 'harbour')).toMatchObject({
      state: 'ok',
      origin: { first: { via: 'reconcile' } },
    });
  });

  it('replays from the kept bytes what an earlier release got wrong', async () => {
    const id = await landed();
    const { order } = (await rowOf(id))!;
    await shop.table.client.send(
      new UpdateCommand({
        TableName: shop.cloud.tableName('Orders/Table'),
        Key: orderRowKey(keyOf(id)),
        UpdateExpression: 'SET #order.totals.#total = :wrong, contentHash = :hash',
        ExpressionAttributeNames: { '#order': 'order', '#total': 'total' },
        ExpressionAttributeValues: { ':wrong': 1, ':hash': 'wrong' },
      }),
    );

    const { code, said } = await json('replay', orderPk(keyOf(id)));

    expect({ code, said }).toMatchObject({ code: 0, said: { results: [{ result: 'updated' }] } });
    expect(await rowOf(id)).toMatchObject({
      order: { totals: order!.totals },
      origin: { last: { via: 'replay' } },
    });
  });

  it('has an order fetched again when an operator asks', async () => {
    const id = await landed();
    world().unsubscribe();
    world().advance(id, 'accepted');

    const asked = await json('replay', orderPk(keyOf(id)), '--source', 'fresh');
    await shop.cloud.idle();

    expect(asked).toMatchObject({ code: 0, said: { totals: { queued: 1 } } });
    expect(await rowOf(id)).toMatchObject({
      order: { status: 'confirmed' },
      origin: { last: { via: 'replay' } },
    });
  });

  it('rotates a token that is refused: once, and keeps the new one in its secret', async () => {
    const before = await secretOf('Secrets/BazaarStore/centre');
    const from = callsTo('/oauth/token').length;
    world().endToken('centre');

    const ids = Array.from({ length: 3 }, () => world().place('centre'));
    await settled();

    const { accessToken } = await secretOf('Secrets/BazaarStore/centre');
    expect(accessToken).toBe(world().shop.tokensOf('centre')?.accessToken);
    expect(accessToken).not.toBe(before.accessToken);
    expect(callsTo('/oauth/token')).toHaveLength(from + 1);
    for (const id of ids) expect(await rowOf(id)).toMatchObject({ state: 'ok' });
  });

  it('lets the merchant install its app with a browser', async () => {
    const go = (url: string, cookie = '') => fetch(url, { redirect: 'manual', headers: { cookie } });
    const start = await go(shop.cloud.outputs.BazaarInstallUrl ?? '');
    const agreed = await go(start.headers.get('location') ?? '');

    const back = await go(
      agreed.headers.get('location') ?? '',
      start.headers.get('set-cookie')?.split(';')[0],
    );

    expect(back.status).toBe(200);
    expect(await secretOf('Secrets/BazaarStore/centre')).toMatchObject({
      accessToken: world().shop.tokensOf('centre')?.accessToken,
      installedAt: expect.any(String),
    });
    expect(new Set(world().shop.hooks.map(({ url }) => url))).toEqual(new Set([webhookUrl()]));
  });

  it('carries out what the merchant’s own system wants done to an order, once', async () => {
    const id = await landed();
    const name = itemName(keyOf(id));
    const erp = erpOf(shop, json);

    await erp.does(name, 'cancel', { reason: 'inventory', restock: false });
    await settled();
    const [refused] = await erp.give([
      { id: 'no-call', order: name, command: 'note', input: { text: 'Hi' } },
    ]);
    const listed = await ops('commands', 'list', '--platform', 'bazaar');

    expect(world().effects(id)).toMatchObject([{ kind: 'status', what: 'cancelled' }]);
    expect(await rowOf(id)).toMatchObject({ order: { status: 'cancelled' } });
    expect(refused?.error?.detail).toBe('Bazaar has no call for it. Use the Bazaar panel.');
    expect([listed.code, listed.out]).toEqual([0, 'No command is under way.\n']);
  }, 120_000);

  it('ends a whole shop day with every order in its last state', async () => {
    const startedAt = Date.now();

    await runDay(shop, { orders: 30, seed: 5 });
    await waitUntilIdle(shop, 240_000);
    const summary = await summarise(shop, shop.table, startedAt);

    expect(summary).toMatchObject({ ok: true, missing: [], behind: [], needsReview: 0 });
    expect(summary.throttled).toEqual({ bazaar: 0 });
    expect(summary.eventsReceived.bazaar).toBeGreaterThan(30);
  }, 300_000);

  it('has alarms whose texts lead to an article of the runbook', () => {
    const alarms = alarmsIn(shop);
    const mine = alarms.filter(({ Properties: { Dimensions } }) =>
      Dimensions.some(({ Name, Value }) => Name === 'platform' && Value === 'bazaar'),
    );
    const articles = readFileSync('docs/runbook.md', 'utf8');

    const namesOf = (some: typeof alarms) =>
      some.map(({ Properties }) => Properties.AlarmName.split('.').at(-1) ?? '');
    expect(namesOf(mine)).toEqual(
      expect.arrayContaining(['platform-paused', 'not-connected', 'no-webhooks', 'poller-failing']),
    );
    expect(namesOf(alarms)).toEqual(
      expect.arrayContaining(['orders-late', 'orders-endangered', 'needs-attention', 'commands-in-doubt']),
    );
    for (const { Properties } of alarms) {
      const [, article] =
        /^Runbook: \S+#(\S+)$/m.exec(JSON.stringify(Properties.AlarmDescription).replaceAll('\\n', '\n')) ??
        [];
      expect(articles).toContain(`\n## ${article}\n`);
    }
  });

  it('has secrets of its own, with an output each that says what to put in', () => {
    const outputs = outputsIn(shop);

    expect(shop.cloud.outputs).toMatchObject({
      BazaarAppSecretArn: shop.cloud.secretId('Secrets/BazaarApp'),
      BazaarStorecentreSecretArn: shop.cloud.secretId('Secrets/BazaarStore/centre'),
      BazaarStoreharbourSecretArn: shop.cloud.secretId('Secrets/BazaarStore/harbour'),
    });
    expect(outputs.BazaarAppSecretArn?.Description).toContain(
      'Bazaar panel, page "Apps". Put in: {"clientId":"...","clientSecret":"..."}',
    );
  });

  it('has outputs for its queues and for each address that somebody types in or opens', () => {
    const { apiUrl, outputs } = shop.cloud;

    expect(outputs).toMatchObject({
      BazaarIntakeQueueUrl: shop.cloud.queueUrl('Bazaar/Orders/Intake/Queue'),
      BazaarDeadLettersUrl: shop.cloud.queueUrl('Bazaar/Orders/Intake/DeadLetters'),
      BazaarWebhookUrl: `${apiUrl}/webhooks/bazaar`,
      BazaarEraseCustomerUrl: `${apiUrl}/webhooks/bazaar/erase-customer`,
      BazaarInstallUrl: expect.stringMatching(
        new RegExp(`^${apiUrl}/oauth/bazaar/start\\?key=[\\w-]{36,}$`),
      ) as string,
      BazaarCallbackUrl: `${apiUrl}/oauth/bazaar/callback`,
    });
  });

  it('shows what needs review, and how many dead letters there are', async () => {
    const body = JSON.stringify({ shop: 'of-somebody-else', event: 'app.resumed' });
    await fetch(webhookUrl(), { method: 'POST', headers: world().headersFor(body), body });
    await shop.cloud.idle();

    const listed = await json('attention', '--platform', 'bazaar');
    const counted = await json('dlq', 'count');

    expect(listed).toMatchObject({ code: 1, said: { rows: [{ review: { reason: 'foreign-store' } }] } });
    expect(counted).toEqual({ code: 0, said: { bazaar: 0 } });
  });

  it('finds an order by its key, and by its id where one of several stores has it', async () => {
    const id = await landed();

    const shown = await ops('show', orderPk(keyOf(id)));
    const short = await ops('show', `bazaar:${id}`);

    expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/first +via webhook/) });
    expect(short).toMatchObject({ code: 0, out: expect.stringMatching(/first +via webhook/) });
  });

  it('erases a person for good, when an operator says so and when the platform does', async () => {
    const [first, second] = [await landed(), await landed()];
    const body = JSON.stringify({ shop: 'centre', orders: [second], customer: { id: '1' } });

    const erased = await json('privacy', 'erase', orderPk(keyOf(first)), '--yes');
    await fetch(`${webhookUrl()}/erase-customer`, {
      method: 'POST',
      headers: world().headersFor(body),
      body,
    });
    for (const id of [first, second]) world().advance(id, 'accepted');
    await settled();

    expect(erased).toMatchObject({ code: 0, said: { results: [{ result: 'erased' }] } });
    for (const [id, because] of [
      [first, 'operator'],
      [second, 'customer-request'],
    ] as const) {
      const row = await rowOf(id);
      expect(row).toMatchObject({ state: 'ok', order: { status: 'confirmed' }, erased: { because } });
      expect(row).not.toHaveProperty('personal');
    }
  });
});

describe('a merchant who sells on the fourth platform beside another', () => {
  it('ends a whole shop day with the orders of both in their last state', async () => {
    const { nuvemshop } = merchantNamed('demo').platforms;

    const summary = await playDay({ merchant: merchantWith({ nuvemshop }), seed: 6, orders: 12 });

    expect(summary).toMatchObject({ ok: true, missing: [], behind: [], needsReview: 0 });
    expect(Object.keys(summary.orders)).toEqual(['nuvemshop', 'bazaar']);
    for (const statuses of Object.values(summary.orders))
      expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(4);
  }, 300_000);
});
