import { afterAll, describe, expect, it } from 'vitest';
import { readCircuit } from '../../functions/storage/circuit-breaker.ts';
import { createEndpointAdmin } from '../../functions/storage/endpoints.ts';
import { deployedShop } from '../support/deployment.ts';
import { operatorAt } from '../support/operator.ts';
import { controlOf } from './flow-endpoint.ts';
import { merchantOf, STORE } from './merchant.ts';
import { COUNTED, faultsOf, keyOf, nameOf } from './planted-faults.ts';

const shop = deployedShop(103, { stock: {} });
const faults = faultsOf(shop);
const { json } = operatorAt(shop);
const stateOf = async (id: string) => (await shop.table.get(keyOf(id)))?.state;
const down: { close(): void }[] = [];
afterAll(() => {
  for (const { close } of down) close();
});

/** A person at a terminal who counts their commands. */
function person() {
  let commands = 0;
  return {
    types: (...args: string[]) => {
      commands += 1;
      return json(...args);
    },
    commands: () => commands,
  };
}

describe('from the command line in three commands or fewer', { timeout: 180_000 }, () => {
  it('an order that no webhook told of is found and brought in', async () => {
    const id = faults.unheard();
    const ana = person();

    const missing = await ana.types('find', nameOf(id));
    await ana.types(
      'reconcile',
      `nuvemshop:${STORE}`,
      '--from',
      new Date(Date.now() - 3_600_000).toISOString(),
    );
    await expect.poll(() => stateOf(id)).toBe('ok');
    const found = await ana.types('find', nameOf(id));

    expect([missing.code, found.code]).toEqual([1, 0]);
    expect(ana.commands()).toBeLessThanOrEqual(3);
  });

  it('an order is read again that was not understood', async () => {
    const id = await faults.misunderstood();
    const ana = person();

    const listed = await ana.types('attention');
    const mended = await ana.types('replay', nameOf(id));

    expect(listed.code).toBe(1);
    expect(JSON.stringify(listed.said)).toContain(nameOf(id));
    expect(mended.code).toBe(0);
    expect(await stateOf(id)).toBe('ok');
    expect(ana.commands()).toBeLessThanOrEqual(3);
  });

  it('a command in doubt gets its end', async () => {
    const id = await faults.inDoubt();
    const ana = person();

    const listed = await ana.types('commands', 'list');
    const mended = await ana.types('commands', 'resolve', 'erp', id, '--done');

    expect(listed).toMatchObject({
      code: 1,
      said: { commands: [expect.objectContaining({ id, state: 'in_doubt' })] },
    });
    expect(mended.code).toBe(0);
    expect((await faults.commands().find('erp', id))?.command.state).toBe('done');
    expect(ana.commands()).toBeLessThanOrEqual(3);
  });

  it('an endpoint that was down is sent its events', async () => {
    const endpoint = await faults.stoppedEndpoint('wh-down');
    down.push(endpoint);
    await faults.landed();
    const ana = person();

    const listed = await ana.types('webhooks', 'list');
    const mended = await ana.types('webhooks', 'resume', 'wh-down');

    expect(listed).toMatchObject({
      code: 1,
      said: { endpoints: [expect.objectContaining({ id: 'wh-down', status: 'disabled' })] },
    });
    expect(mended.code).toBe(0);
    await expect.poll(endpoint.got, { timeout: 60_000 }).toBeGreaterThan(0);
    expect((await createEndpointAdmin(controlOf(shop)).get('wh-down'))?.status).toBe('active');
    expect(ana.commands()).toBeLessThanOrEqual(3);
  });

  it('a platform that shows another number than it was told is told again', async () => {
    const { sku, shown } = await faults.drifted();
    const ana = person();

    const listed = await ana.types('stock', 'attention');
    const mended = await ana.types('stock', 'drift', sku, '--repair');
    await expect.poll(shown, { timeout: 60_000 }).toBeLessThanOrEqual(COUNTED);
    const left = await ana.types('stock', 'drift', sku);

    expect(listed).toMatchObject({
      code: 1,
      said: {
        skus: expect.arrayContaining([expect.objectContaining({ sku, kind: 'drift', text: 'it shows 508' })]),
      },
    });
    expect(mended.said).toMatchObject({ drifted: [{ sku, seen: { units: 508 } }], repaired: true });
    expect(left).toMatchObject({ code: 0, said: { drifted: [] } });
    expect(ana.commands()).toBeLessThanOrEqual(3);
  });

  it('a store whose token was revoked gets a new one, by the link that the command shows', async () => {
    const id = await faults.revoked();
    const circuit = () => readCircuit({ ...controlOf(shop), ...keyOf(id) });
    await expect.poll(circuit, { timeout: 60_000 }).toBeDefined();
    const ana = person();

    const { code, said } = await ana.types('platforms');
    await merchantOf(shop).install();

    expect(code).toBe(1);
    expect(JSON.stringify(said)).toContain(`"link":"${shop.cloud.outputs.NuvemshopInstallUrl}"`);
    await expect.poll(circuit, { timeout: 60_000 }).toBeUndefined();
    await expect
      .poll(
        () => {
          // Messages look again within minutes.
          shop.cloud.endWaits('Nuvemshop/Orders/Intake/Queue');
          return stateOf(id);
        },
        { timeout: 60_000, interval: 200 },
      )
      .toBe('ok');
    expect(ana.commands()).toBeLessThanOrEqual(3);
  });
});
