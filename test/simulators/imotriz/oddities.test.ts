import { describe, expect, it } from 'vitest';
import { orderSchema } from '../../../functions/domain/order.ts';
import { normalisePageRecord } from '../../../functions/platforms/imotriz/normalise.ts';
import { readPage } from '../../../functions/platforms/imotriz/page.ts';
import { imotrizModule } from '../../../local/platforms/imotriz/module.ts';
import { READABLE_ODDITIES } from '../../../local/platforms/imotriz/record.ts';
import { ODD_EMPTY, ODD_FULL } from '../../../local/platforms/imotriz/state.ts';
import { settingsOf, startImotriz } from '../../platforms/imotriz/harness.ts';

const settings = settingsOf();

async function pageFor(
  orders: number,
  how: Parameters<Awaited<ReturnType<typeof startImotriz>>['world']['breakPages']>[0],
) {
  const { api, world } = await startImotriz();
  const placed = Array.from({ length: orders }, () => world.place());
  world.breakPages(how);
  return { placed, page: readPage(await api.newOrders()) };
}

describe('an odd answer of the simulated iMotriz', () => {
  it.each(ODD_FULL)('with orders, %s, is a page of them', async (how) => {
    const { placed, page } = await pageFor(3, how);

    const read = page.ok ? page.records.map((record) => normalisePageRecord(record, settings)) : [];
    expect(read.map((one) => one.ok && one.order.platformOrderId)).toEqual(placed);
  });

  it.each(ODD_EMPTY)('without orders, %s, is an empty page', async (how) => {
    const { page } = await pageFor(0, how);
    expect(page).toMatchObject({ ok: true, records: [] });
  });

  it.each([...ODD_FULL, ...ODD_EMPTY])('%s is known to those who watch what is handed out', async (how) => {
    const [store] = imotrizModule.create({ seed: 1, own: { oddities: false } });
    const { world } = store!.simulator;
    if (!ODD_EMPTY.includes(how) || how === 'metadata-missing') world.place();
    world.breakPages(how);
    await store!.simulator.start();
    const { url } = store!.simulator;
    const answer = await fetch(`${url}/api/cart/transaction/newOrders`, {
      headers: { 'content-type': 'application/json', authorization: world.token },
    });
    const body = Buffer.from(await answer.arrayBuffer());
    await store!.simulator.stop();

    expect(store!.poll?.recordsOf(body)).toHaveLength(world.truth().length);
  });
});

describe('an odd order of the simulated iMotriz', () => {
  it.each(READABLE_ODDITIES)('%s becomes a row', async (oddity) => {
    const { api, world } = await startImotriz();
    world.place({ oddity });

    const page = readPage(await api.newOrders());

    const read = page.ok ? page.records.map((record) => normalisePageRecord(record, settings)) : [];
    expect(read).toMatchObject([{ ok: true }]);
    for (const one of read) if (one.ok) orderSchema().parse(one.order);
  });

  it('is drawn by the seed where it is asked for, and nowhere else', () => {
    const drawn = (oddities: boolean) => {
      const [store] = imotrizModule.create({ seed: 2, own: { oddities } });
      for (let order = 0; order < 40; order += 1) store!.place();
      return store!.truth().map(({ json }) => Object.keys((json as { order?: object }).order ?? {}).length);
    };

    expect(drawn(true)).toEqual(drawn(true));
    expect(new Set(drawn(false)).size).toBe(1);
    expect(new Set(drawn(true)).size).toBeGreaterThan(1);
  });
});
