import { describe, expect, it } from 'vitest';
import { orderPk } from '../../functions/storage/keys.ts';
import { runDay } from '../../local/shop/day.ts';
import { summarise } from '../../local/shop/summary.ts';
import { waitUntilIdle } from '../../local/shop/wait-until-idle.ts';
import { deployedShop } from '../support/deployment.ts';

const shop = deployedShop(11);

describe('a shop day on the local cloud', () => {
  it('ends with every order of every platform in the table, in its last state, within the limits', async () => {
    // Arrange
    const startedAt = Date.now();

    // Act
    await runDay(shop, { orders: 45, seed: 11 });
    await waitUntilIdle(shop, 240_000);
    const summary = await summarise(shop, shop.table, startedAt);

    // Assert
    expect(summary).toMatchObject({ ok: true, missing: [], behind: [], needsReview: 0 });
    expect(summary.events).toMatchObject({ head: summary.events.published, missing: 0 });
    expect(summary.throttled).toEqual({ nuvemshop: 0, pedidosya: 0, imotriz: 0 });
    expect(Object.values(summary.deadLetters)).toEqual([0, 0, 0]);
    const rows = Object.values(summary.orders).map((statuses) =>
      Object.values(statuses ?? {}).reduce((sum, count) => sum + count, 0),
    );
    expect(rows).toEqual([15, 15, 15]);
  }, 300_000);

  it('leaves a trail from the webhook to the row, and no person in any log line', async () => {
    // Arrange
    const rows = await shop.table.all();
    const people = rows.flatMap(({ personal }) => [
      personal?.name,
      personal?.email,
      personal?.phone,
      personal?.documentId,
    ]);
    const lines = shop.logs.map(({ line }) => line).join('\n');

    // Assert
    for (const row of rows) expect(lines).toContain(row.correlationId);
    for (const person of people.filter((text) => text !== undefined && text.length > 4))
      expect(lines).not.toContain(person);
    for (const { line } of shop.logs) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('writes nothing secret into a log line', () => {
    const lines = shop.logs.map(({ line }) => line).join('\n');
    const { accessToken, clientSecret } = shop.platforms.nuvemshop!.world.credentials();

    for (const secret of [
      accessToken,
      clientSecret,
      shop.webhookSecrets.pedidosya,
      shop.platforms.imotriz!.world.token,
    ]) {
      expect(lines).not.toContain(secret);
    }
  });

  it('changes nothing when every webhook comes once more', async () => {
    // Arrange
    const before = await shop.table.all();
    const { world } = shop.platforms.pedidosya!;

    // Act
    for (const { orderId } of world.truth()) world.resend(orderId);
    await waitUntilIdle(shop, 240_000);

    // Assert
    const versions = (rows: typeof before) =>
      Object.fromEntries(rows.map((row) => [orderPk(row), row.version]));
    expect(versions(await shop.table.all())).toEqual(versions(before));
  }, 300_000);
});
