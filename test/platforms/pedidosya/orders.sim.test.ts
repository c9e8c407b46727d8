import { describe, expect, it } from 'vitest';
import { timeWindows, WINDOW_MS, windowQuery } from '../../../functions/platforms/pedidosya/client/orders.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { NOON } from '../virtual-time.ts';
import { errorOf, settingsOf, startPedidosya } from './harness.ts';

const DAY_MS = 86_400_000;

describe('reading orders (documented: hosts, paths, Bearer token, order_id as the key)', () => {
  it('gets one order, and it becomes the normalised order', async () => {
    const { world, api, requests } = await startPedidosya();
    const placed = world.place({ storeId: 'nbet' });

    const { json, bytes } = await api.orders.get(placed.order_id);

    expect(json).toEqual(placed);
    expect(JSON.parse(Buffer.from(bytes).toString())).toEqual(placed);
    expect(normalisePedidosyaOrder(json, settingsOf())).toMatchObject({ ok: true, order: { warnings: [] } });
    expect(requests[0]).toMatchObject({
      method: 'GET',
      headers: { Authorization: 'Bearer simulated-static-token', Accept: 'application/json' },
      idempotent: true,
    });
  });

  it('normalises every order of a long day in three currencies without a warning', async () => {
    // Arrange
    const { world } = await startPedidosya();
    for (let n = 0; n < 200; n += 1) {
      const { order_id } = world.place();
      for (let step = 0; step < n % 4; step += 1) world.advance(order_id);
      if (n % 7 === 0 && world.order(order_id).status === 'RECEIVED') world.cancel(order_id);
    }

    // Act
    const read = world.truth().map(({ json }) => normalisePedidosyaOrder(json, settingsOf()));

    // Assert
    const odd = read.filter((one) => !one.ok || one.order.warnings.length > 0);
    expect(odd).toEqual([]);
    const currencies = new Set(read.map((one) => one.ok && one.order.currency));
    expect(currencies).toEqual(new Set(['UYU', 'ARS', 'CLP']));
  });

  it('goes to the one host of the brand unless configured otherwise (documented: per brand, not per country)', () => {
    expect(settingsOf().baseUrl).toBe('https://pedidosya.partner.deliveryhero.io/v2');
  });

  it('says not-found for an unknown order', async () => {
    const { api } = await startPedidosya();
    expect(await errorOf(api.orders.get('nobody'))).toMatchObject({ kind: 'not-found', status: 404 });
  });

  it.each(['', '.', '..'])('refuses "%s" as an id, which would climb out of the path', async (id) => {
    const { api, platform } = await startPedidosya();
    expect(await errorOf(api.orders.get(id))).toMatchObject({ kind: 'refused' });
    expect(platform.calls).toHaveLength(0);
  });
});

describe('listing orders (documented: the /orders suffix, 60 days, page from 1)', () => {
  it('gives every order of an outlet once, over windows of at most 7 days and pages', async () => {
    // Arrange
    const { world, api, sim, platform, requests } = await startPedidosya();
    const placed: string[] = [];
    for (let day = 0; day < 20; day += 1) {
      for (let n = 0; n < 3; n += 1) placed.push(world.place({ storeId: 'nbet' }).order_id);
      world.place({ storeId: 'ar5v' });
      await sim.advance(DAY_MS);
    }

    // Act
    const listed = [];
    for await (const { orders } of api.orders.list({
      vendor: 'nbet',
      from: NOON - 1,
      to: sim.now(),
      pageSize: 7,
    })) {
      listed.push(...orders);
    }

    // Assert
    expect(new Set(listed.map(({ orderId }) => orderId))).toEqual(new Set(placed));
    for (const { whole } of listed)
      expect(JSON.parse(Buffer.from(whole!.bytes).toString())).toEqual(whole!.json);
    expect(listed[0]).toMatchObject({ status: { status: 'RECEIVED' }, changedAt: NOON });
    expect(platform.calls.every(({ path }) => path.endsWith('/vendors/nbet/orders'))).toBe(true);
    const spans = requests.map(({ url }) => {
      const query = new URL(url).searchParams;
      return Date.parse(`${query.get('end_time')}Z`) - Date.parse(`${query.get('start_time')}Z`);
    });
    expect(Math.max(...spans)).toBeLessThanOrEqual(7 * DAY_MS);
  });

  it.each([
    ['more than 60 days back', { from: NOON - 61 * DAY_MS, to: NOON }, '60 days'],
    ['a span that ends before it begins', { from: NOON, to: NOON - 1 }, 'begin before it ends'],
    ['a page of 0', { from: NOON - 1, to: NOON, pageSize: 0 }, '1 to 500'],
    ['a page of 501', { from: NOON - 1, to: NOON, pageSize: 501 }, '1 to 500'],
  ])('refuses %s without a call', async (_, span, why) => {
    const { api, platform } = await startPedidosya();

    const error = await errorOf(api.orders.list({ vendor: 'nbet', ...span }).next());

    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining(why) });
    expect(platform.calls).toHaveLength(0);
  });

  it('takes 59 days back in windows without gap or overlap', () => {
    const windows = timeWindows({ from: NOON - 59 * DAY_MS, to: NOON });
    expect(windows).toHaveLength(9);
    expect(windows.at(0)?.from).toBe(NOON - 59 * DAY_MS);
    expect(windows.at(-1)?.to).toBe(NOON);
    expect(windows.slice(1).every(({ from }, index) => from === windows[index]?.to)).toBe(true);
    expect(windows.every(({ from, to }) => to - from <= WINDOW_MS)).toBe(true);
  });

  it('writes the bounds as the documentation does, widened to whole seconds', () => {
    expect(
      windowQuery({
        from: Date.parse('2024-09-11T10:40:00.900Z'),
        to: Date.parse('2024-09-11T10:41:00.001Z'),
      }),
    ).toEqual({
      start_time: '2024-09-11T10:40:00',
      end_time: '2024-09-11T10:41:01',
    });
  });
});
