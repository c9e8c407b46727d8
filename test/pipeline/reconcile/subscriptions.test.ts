import { describe, expect, it, vi } from 'vitest';
import { HOOK_TOPICS } from '../../support/bazaar/api.ts';
import { minutes } from '../../support/bazaar/reconcile.ts';
import { openReconciliation } from '../../support/bazaar/reconcile-bench.ts';
import { localTables } from '../../support/local-tables.ts';

const tables = localTables();
const DAY_MS = minutes(24 * 60);
let stores = 0;

/** A store whose webhooks are as they should be, and were looked at a day ago. */
async function openSubscribed() {
  stores += 1;
  const bed = openReconciliation(tables, { stores: [`subscribed-${stores}`], subscribes: true });
  await bed.run();
  bed.clock.move(DAY_MS);
  const before = bed.metrics.total('SubscriptionsRepaired');
  return {
    ...bed,
    wanted: HOOK_TOPICS.map((topic) => ({ topic, url: bed.webhookUrl })),
    repaired: () => bed.metrics.total('SubscriptionsRepaired') - before,
    /** Calls about webhooks since the last time that somebody asked. */
    asked: () => bed.shop.calls.splice(0).flatMap(({ method, path }) => (/hooks/.test(path) ? [method] : [])),
  };
}

describe('the webhooks that the app subscribed in a store', () => {
  it('are subscribed again where one is missing, and somebody is told which', async () => {
    const bed = await openSubscribed();
    const [lost] = bed.shop.hooks.splice(0, 1);

    const report = await bed.run();

    expect(report).toMatchObject({ outcome: 'done', problems: [] });
    expect(bed.shop.hooks.map(({ topic, url }) => ({ topic, url }))).toEqual(
      expect.arrayContaining(bed.wanted),
    );
    expect(bed.repaired()).toBe(1);
    expect(bed.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({ missing: [lost?.topic], surplus: [] }),
      }),
    );
  });

  it('are brought back from another address', async () => {
    const bed = await openSubscribed();
    for (const hook of bed.shop.hooks) hook.url = 'https://elsewhere.test/hook';

    await bed.run();

    expect(bed.shop.hooks).toMatchObject(bed.wanted);
  });

  it('cost one call a day where they are as they should be', async () => {
    const bed = await openSubscribed();
    bed.asked();

    await bed.run();
    await bed.run();
    const aDay = bed.asked();
    bed.clock.move(DAY_MS);
    await bed.run();

    expect(aDay).toEqual(['GET']);
    expect(bed.asked()).toEqual(['GET']);
    expect(bed.repaired()).toBe(0);
  });

  it('are looked at again by the next run where the platform failed, and keep no order from being compared', async () => {
    const bed = await openSubscribed();
    bed.shop.hooks.splice(0, 1);
    bed.shop.trouble(/hooks/, { status: 500 });
    const order = bed.placeAndWait(minutes(30));

    const failed = await bed.run();
    const [ofOrders] = bed.queue.sent.map(({ message }) => message);
    await bed.run();

    expect(failed.problems).toEqual([expect.stringContaining('webhooks: ')]);
    expect(ofOrders).toMatchObject({ orderId: order });
    expect(bed.shop.hooks).toHaveLength(bed.wanted.length);
  });

  it('stop the run, and all calls to the store, where the platform refuses the token', async () => {
    const bed = await openSubscribed();
    bed.shop.trouble(/hooks/, { status: 401 }, { times: 9 });
    bed.asked();

    const { outcome, problems } = await bed.run();

    expect({ outcome, problems }).toEqual({
      outcome: 'paused',
      problems: [expect.stringContaining('webhooks: ')],
    });
    expect(await bed.circuit.state()).toBeDefined();
    expect(bed.shop.callsTo(/orders/).filter(({ at }) => at >= bed.clock.now())).toEqual([]);
  });

  it('are brought to their end by the next run where one was cut off between two of them', async () => {
    const bed = await openSubscribed();
    bed.shop.hooks.length = 0;
    vi.spyOn(bed.shop.hooks, 'push')
      .mockImplementationOnce((hook) => bed.shop.hooks.unshift(hook))
      .mockImplementationOnce(() => {
        throw bed.shop.broken();
      });
    await bed.run();
    const between = bed.shop.hooks.length;
    await bed.run();

    expect(between).toBe(1);
    expect(bed.shop.hooks).toHaveLength(bed.wanted.length);
  });

  it('are left alone by a dry run', async () => {
    const bed = await openSubscribed();
    bed.shop.hooks.length = 0;

    await bed.run({ event: { dryRun: true } });

    expect(bed.shop.hooks).toEqual([]);
  });
});
