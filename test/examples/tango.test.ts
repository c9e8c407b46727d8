import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTangoSimulator } from '../../examples/tango/simulator.mjs';
import { rowOf } from '../storage/samples.ts';
import { contentOf, servedApi } from './served-api.ts';

const ADAPTER = join(import.meta.dirname, '../../examples/tango/adapter.mjs');
const SECRET = 'nobody-else-knows';
const served = servedApi();
const tango = createTangoSimulator({ accessToken: 'tango-token' });

let folder: string;
let url: string;
let adapter: ReturnType<typeof start> | undefined;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-tango-'));
  tango.server.listen(0, '127.0.0.1');
  await once(tango.server, 'listening');
  url = `http://127.0.0.1:${(tango.server.address() as AddressInfo).port}`;
});
afterAll(() => {
  tango.server.closeAllConnections();
  tango.server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  tango.onTaken = () => {};
});
afterEach(async () => {
  await stop();
});

const env = () => ({
  ACOPIO_URL: served.url,
  ACOPIO_TOKEN: served.token,
  TANGO_URL: url,
  TANGO_ACCESS_TOKEN: 'tango-token',
  TANGO_EMAIL: 'pedidos@example.com',
  TANGO_SINCE: '2020-01-01',
  TANGO_LOOK_MINUTES: '0.01',
  CALLBACK_SECRET: SECRET,
  CALLBACK_PORT: '0',
  EVERY_MS: '50',
});
function start(args: string[] = [], changes: Record<string, string> = {}) {
  const child: ChildProcess = spawn(process.execPath, [ADAPTER, join(folder, 'tango.sqlite'), ...args], {
    env: { ...env(), ...changes },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output.text += text;
    });
  return { child, output, ended: once(child, 'close') };
}
/** Starts the adapter and waits until it can be called back. */
async function run(): Promise<void> {
  adapter = start();
  const { output } = adapter;
  await expect.poll(() => output.text, { timeout: 20_000 }).toMatch(/received at port \d+/);
  const port = /received at port (\d+)/.exec(output.text)?.[1];
  tango.callbackUrl = `http://127.0.0.1:${port}/tango/${SECRET}`;
}
async function stop(): Promise<void> {
  adapter?.child.kill('SIGKILL');
  await adapter?.ended;
  adapter = undefined;
}

const idOf = (name: string) => `shop:s:${name}`;
const atTango = (name: string) => tango.orders.get(idOf(name));
const eventually = (what: () => unknown) => expect.poll(what, { timeout: 20_000 });
const acknowledgement = async (name: string) =>
  (await served.api.orders.get(rowOf(name)))?.acknowledgements?.erp;

/** An order of some pesos, placed now. */
const content = (platformOrderId: string, fields: Parameters<typeof contentOf>[0] = {}) =>
  contentOf({
    platform: 'shop',
    storeId: 's',
    platformOrderId,
    displayNumber: `#${platformOrderId}`,
    status: 'confirmed',
    currency: 'ARS',
    placedAt: new Date().toISOString(),
    totals: { total: 150_000, discount: 10_000 },
    lines: [
      {
        lineId: '1',
        productId: 'P',
        sku: 'SKU-1',
        name: 'A mug',
        quantity: 2,
        unit: 'unit',
        unitPrice: 80_000,
      },
    ],
    personal: { name: 'Invented Person', documentId: '20.123.456', email: 'invented@example.com' },
    ...fields,
  });
const place = (name: string, fields = {}) => served.place(name, content(name, fields));
const change = (name: string, fields = {}) => served.change(name, content(name, fields));

describe('the adapter', { timeout: 90_000 }, () => {
  it('sends orders in batches of 25 at most, and acknowledges what Tango made an order of', async () => {
    // Arrange
    const names = Array.from({ length: 30 }, (_, n) => `first-${n}`);
    for (const name of names) await place(name);

    // Act
    await run();
    await eventually(() => tango.orders.size).toBe(30);
    const before = await acknowledgement('first-0');
    const answers = [
      await tango.callBack('OrderProcessed', idOf('first-0')),
      await tango.callBack('OrderProcessed', idOf('first-1')),
      await tango.callBack('OrderBilled', idOf('first-1')),
    ];
    await eventually(async () => (await acknowledgement('first-1'))?.stockBookedAt).toBeDefined();
    await eventually(() => acknowledgement('first-0')).toBeDefined();

    // Assert
    expect(tango.batches).toEqual([25, 5]);
    expect(answers).toEqual([200, 200, 200]);
    expect(before).toBeUndefined();
    expect(await acknowledgement('first-0')).toMatchObject({ erpId: '#first-0', version: 1 });
    expect((await acknowledgement('first-0'))?.stockBookedAt).toBeUndefined();
    expect(await acknowledgement('first-2')).toBeUndefined();
  });

  it('lets one refused order of a batch stop no other, and sends it again once it changed', async () => {
    tango.refuse.set(idOf('bad'), "Order total doesn't add up.");
    for (const name of ['good-1', 'bad', 'good-2']) await place(name);

    await run();
    await eventually(() => [atTango('good-1'), atTango('good-2')].every((one) => one !== undefined)).toBe(
      true,
    );
    const { output } = adapter!;
    await eventually(() => output.text).toContain('Tango refuses shop:s:bad; --problems says why');
    // Its words may name the buyer.
    expect(output.text).not.toContain("doesn't add up");
    tango.refuse.clear();
    await change('bad');
    await eventually(() => atTango('bad')?.posts).toBe(1);

    expect(await acknowledgement('bad')).toBeUndefined();
  });

  it('finds the order that spoils a whole batch', async () => {
    tango.faults.push(400, 400);
    for (const name of ['half-1', 'half-2', 'half-3', 'half-4']) await place(name);

    await run();

    await eventually(() => ['half-1', 'half-2', 'half-3', 'half-4'].filter(atTango).length).toBe(4);
  });

  it('sends everything later where Tango is slow or down, and what it took without a word once, as the same order', async () => {
    tango.faults.push(429, 500, 'lost');
    await place('late');

    await run();
    await eventually(() => adapter?.output.text).toMatch(/HTTP 429, Too many requests\); again in 1 s/);
    await eventually(() => adapter?.output.text).toMatch(/HTTP 500\); again in/);
    // Its usual patience is longer than a test's; one who is started anew asks at once.
    await stop();
    await run();
    await eventually(() => atTango('late')?.posts).toBe(1);
    await stop();
    await run();

    await eventually(() => atTango('late')?.posts).toBe(2);
  });

  it('killed between sending and noting it, sends the same order, and cancels what it may have sent', async () => {
    // Arrange
    await place('killed');
    await place('killed-and-cancelled');
    tango.onTaken = () => adapter?.child.kill('SIGKILL');

    // Act
    await run();
    await adapter?.ended;
    tango.onTaken = () => {};
    await change('killed-and-cancelled', { status: 'cancelled' });
    const size = tango.orders.size;
    await run();
    await eventually(() => atTango('killed')?.posts).toBe(2);
    await eventually(() => atTango('killed-and-cancelled')?.order.CancelOrder).toBe(true);

    // Assert
    expect(tango.orders.size).toBe(size);
    // Tango calls nobody back about a cancellation, so it is looked at.
    await eventually(() => acknowledgement('killed-and-cancelled')).toMatchObject({ version: 2 });
  });

  it('sends no order that was cancelled before, and says that it has nothing of it', async () => {
    await place('never', { status: 'cancelled' });

    await run();

    await eventually(() => acknowledgement('never')).toMatchObject({ erpId: 'not-sent', version: 1 });
    expect(atTango('never')).toBeUndefined();
  });

  it('takes a call-back twice, and one about an order that it does not know, for what they are', async () => {
    await place('called');
    await run();
    await eventually(() => atTango('called')).toBeDefined();

    const twice = [
      await tango.callBack('OrderProcessed', idOf('called')),
      await tango.callBack('OrderProcessed', idOf('called')),
    ];
    const unknown = await tango.callBack('OrderProcessed', 'shop:s:nobody');
    await eventually(() => acknowledgement('called')).toMatchObject({ version: 1 });
    await place('after-called');
    await eventually(() => atTango('after-called')).toBeDefined();

    expect([...twice, unknown]).toEqual([200, 200, 200]);
    expect(served.acknowledged.filter(({ id }) => id === idOf('called'))).toHaveLength(1);
    expect(adapter?.output.text).toContain(
      'Tango calls back about shop:s:nobody (OrderProcessed), which was not sent',
    );
  });

  it('keeps no call-back of somebody who does not know the path, and none that is no call-back', async () => {
    await place('safe');
    await run();
    await eventually(() => atTango('safe')).toBeDefined();
    const right = tango.callbackUrl ?? '';
    const post = async (to: string, body: string) => (await fetch(to, { method: 'POST', body })).status;
    const body = JSON.stringify({ Topic: 'OrderProcessed', Resource: idOf('safe'), Message: '' });

    const statuses = [
      await post(right.replace(SECRET, 'guess'), body),
      await post(right, 'no JSON'),
      await post(right, '{"Topic":"OrderProcessed"}'),
      await post(right, 'x'.repeat(100_000)),
      (await fetch(right)).status,
    ];

    expect(statuses).toEqual([404, 400, 400, 400, 405]);
    expect(await acknowledgement('safe')).toBeUndefined();
  });

  it('finds by asking what a lost call-back would have said', async () => {
    await place('silent');
    await run();
    await eventually(() => atTango('silent')).toBeDefined();

    Object.assign(atTango('silent')!, { status: 'FINALIZADA' });

    await eventually(async () => (await acknowledgement('silent'))?.stockBookedAt).toBeDefined();
  });

  it('acknowledges the version that Tango has, and a newer one once that was sent too', async () => {
    await place('edited');
    await run();
    await eventually(() => atTango('edited')).toBeDefined();
    await tango.callBack('OrderProcessed', idOf('edited'));
    await eventually(() => acknowledgement('edited')).toMatchObject({ version: 1 });

    await change('edited', { totals: { total: 160_000 } });

    await eventually(() => acknowledgement('edited')).toMatchObject({ version: 2 });
    expect(atTango('edited')?.order.Total).toBe(1600);
  });

  it('shows a person what was refused, and sends it again when told to', async () => {
    await place('foreign', { currency: 'UYU' });
    await run();
    await eventually(() => adapter?.output.text).toContain(
      'shop:s:foreign is not sent: Tango takes pesos only',
    );
    await stop();

    const problems = start(['--problems']);
    await problems.ended;
    const retry = start(['--retry']);
    await retry.ended;

    expect(problems.output.text).toMatch(/shop:s:foreign.*Tango takes pesos only, and this is in UYU/);
    expect(retry.output.text).toMatch(/1 orders? (is|are) sent once more/);
  });

  it('does not begin with a path that anybody could guess', async () => {
    const { output, ended } = start([], { CALLBACK_SECRET: 'short' });
    const [code] = await ended;

    expect(code).toBe(2);
    expect(output.text).toContain('CALLBACK_SECRET has less than 16 letters');
    expect(output.text).not.toContain('short:');
  });
});
