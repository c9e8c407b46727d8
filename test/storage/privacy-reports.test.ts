import { randomBytes } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { privacyReportPk } from '../../functions/storage/control-keys.ts';
import {
  createPrivacyReports,
  type DataReport,
  REPORT_DAYS,
} from '../../functions/storage/privacy-reports.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();

function bench(storeId: string) {
  const clock = movedClock();
  const reports = createPrivacyReports({ ...tables, platform: 'shop', storeId, clock });
  const report = (id: string, orderIds: string[], content: unknown = 'x', customerId = '1'): DataReport => ({
    id,
    storeId,
    customerId,
    producedAt: new Date(clock.now()).toISOString(),
    held: { orders: orderIds.map((orderId) => ({ id: orderId, content })) },
    notHeld: { orders: [], checkouts: [], drafts: [] },
    remarks: [],
  });
  return { clock, reports, report };
}

describe('reports for data requests', () => {
  it('come back whole, however large', async () => {
    const { reports, report, clock } = bench('large');
    const large = report('1', ['a'], randomBytes(700_000).toString('base64'));

    await reports.keep(large);

    expect(await reports.get('1')).toEqual(large);
    const [head] = await reports.list();
    expect(head?.chunkCount).toBeGreaterThan(1);
    expect(head?.expiresAt).toBe(Math.floor(clock.now() / 1000) + REPORT_DAYS * 86_400);
  });

  it('take the place of an earlier one of the same request, also a larger one', async () => {
    const { reports, report } = bench('again');
    await reports.keep(report('1', ['a'], randomBytes(700_000).toString('base64')));

    await reports.keep(report('1', ['b']));

    expect(await reports.get('1')).toMatchObject({ held: { orders: [{ id: 'b' }] } });
    expect(await reports.list()).toHaveLength(1);
    const { Items = [] } = await tables.client.send(
      new QueryCommand({
        TableName: tables.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': privacyReportPk({ platform: 'shop', storeId: 'again' }) },
      }),
    );
    expect(Items).toHaveLength(1);
  });

  it('are gone when they expired, also while the table has not deleted them', async () => {
    const { reports, report, clock } = bench('expired');
    await reports.keep(report('1', ['a']));

    clock.move(REPORT_DAYS * 86_400_000);

    expect(await reports.list()).toEqual([]);
    expect(await reports.get('1')).toBeUndefined();
  });

  it('are forgotten by what they hold, by customer, or all until a time', async () => {
    // Arrange
    const { reports, report, clock } = bench('forget');
    await reports.keep(report('1', ['a', 'b'], 'x', '10'));
    await reports.keep(report('2', ['c'], 'x', '20'));
    await reports.keep(report('3', ['d'], 'x', '30'));
    const left = async () => (await reports.list()).map(({ id }) => id);

    // Act and assert
    await reports.forget({ things: { orders: ['b', 'z'], others: ['c'] } });
    expect(await left()).toEqual(['2', '3']);
    await reports.forget({ things: {}, customerId: '30' });
    expect(await left()).toEqual(['2']);
    const until = clock.now();
    clock.move(1000);
    await reports.keep(report('4', ['e']));
    await reports.forgetAll(until);
    expect(await left()).toEqual(['4']);
    expect(await reports.get('2')).toBeUndefined();
  });
});
