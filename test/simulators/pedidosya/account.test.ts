import { describe, expect, it } from 'vitest';
import { startPedidosYa } from './harness.ts';

const PROMOTION = {
  vendors: ['nbet'],
  type: 'STRIKETHROUGH',
  active: true,
  reason: 'COMPETITIVENESS',
  display_name: { es_UY: 'Promo de prueba' },
  conditions: { start_time: '2026-03-28T15:59:59.895Z', end_time: '2026-03-30T16:59:59.895Z' },
  discount: [{ discount_subtype: 'FINAL_PRICE', discount_value: 15.11, active: true, sku: ['UY-001'] }],
};

describe('promotions', () => {
  it('become a job, and the same one twice is a duplicate', async () => {
    // Arrange
    const { world, call } = await startPedidosYa();
    const push = async () => {
      const { status, json } = await call('PUT', '/v2/chains/{c}/promotion', { body: PROMOTION });
      await world.settled();
      const job = await call('GET', `/v2/chains/{c}/promotion/jobs/${String(json?.job_id)}`);
      return [status, json?.job_status, job.json?.job_status];
    };

    // Act, Assert
    expect(await push()).toEqual([202, 'QUEUED', 'COMPLETED']);
    expect(await push()).toEqual([202, 'QUEUED', 'DUPLICATE']);
    world.failNextJob('promotion');
    expect(await push()).toEqual([202, 'QUEUED', 'FAILED']);
    expect(world.promotions()).toEqual([PROMOTION]);
  });

  it.each([
    ['an unknown vendor', { vendors: ['zzzz'] }],
    ['another type', { type: 'FREE' }],
    ['another reason', { reason: 'FUN' }],
    ['no discount', { discount: [] }],
    ['no conditions', { conditions: undefined }],
    ['an unknown field', { extra: 1 }],
    ['a display name without locale', { display_name: { Promo: 'x' } }],
  ])('with %s are refused', async (_, change) => {
    const { call } = await startPedidosYa();

    const answer = await call('PUT', '/v2/chains/{c}/promotion', { body: { ...PROMOTION, ...change } });

    expect(answer.status).toBe(400);
  });

  it('are not found among other jobs', async () => {
    const { call } = await startPedidosYa();

    expect((await call('GET', '/v2/chains/{c}/promotion/jobs/nope')).status).toBe(404);
  });
});

describe('the status of a store', () => {
  it('is kept', async () => {
    const { call } = await startPedidosYa();
    const path = '/v2/chains/{c}/vendors/nbet/status';
    const body = { status: 'CLOSED_UNTIL', closed_until: '2026-03-10T18:00:00.000Z' };

    const before = await call('GET', path);
    const change = await call('PUT', path, { body });
    const after = await call('GET', path);

    expect(before.json).toEqual({ status: 'OPEN' });
    expect([change.status, after.json]).toEqual([200, body]);
  });

  it.each([
    { status: 'CLOSED_UNTIL' },
    { status: 'OPEN', closed_until: '2026-03-10T18:00:00Z' },
    { status: 'LATE' },
  ])('refuses %j', async (body) => {
    const { call } = await startPedidosYa();

    expect((await call('PUT', '/v2/chains/{c}/vendors/nbet/status', { body })).status).toBe(400);
  });
});
