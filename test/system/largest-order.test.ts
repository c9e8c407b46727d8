import { spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SingleMessage } from '../../functions/runtime/queue.ts';
import { CONSUMER_MB } from '../../lib/function-memory.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { deployedShop } from '../support/deployment.ts';
import { STORE } from './merchant.ts';

const CHILD = fileURLToPath(new URL('../../bench/cold/child.mjs', import.meta.url));
/** Larger ones are not read: functions/http/transport.ts. */
const LARGEST_BYTES = 16 * 1024 * 1024;
/** MB that are left to Lambda's own part of the process. */
const LEFT_TO_LAMBDA_MB = 64;

const shop = deployedShop(37);

/**
 * A platform that answers as the simulated one does, but with as many lines in each order as an answer may hold. It says that they came
 * a second later: two answers of one time contradict each other, and the deployed consumer would ask the simulated platform once more.
 */
async function withHugeOrders(platform: string): Promise<string> {
  const server = createServer(async (request, response) => {
    const { authentication, 'user-agent': agent } = request.headers;
    const headers = { authentication: String(authentication), 'user-agent': String(agent) };
    const order = (await (await fetch(`${platform}${request.url}`, { headers })).json()) as {
      products: object[];
      updated_at: string;
    };
    const updated = new Date(Date.parse(order.updated_at) + 1000).toISOString().replace('Z', '+0000');
    const lineBytes = JSON.stringify(order.products[0]).length + 1;
    const lines = Math.floor((LARGEST_BYTES - JSON.stringify(order).length) / lineBytes) - 1;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ ...order, updated_at: updated, products: Array(lines).fill(order.products[0]) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The consumer's asset, which calls another platform. */
function consumerCalling(platform: string, instead: string): { file: string; env: Record<string, string> } {
  const { taskRoot, env } = shop.cloud.definitionOf('Nuvemshop/Orders/Consumer/Function');
  const folder = temporaryFolder('largest-order');
  cpSync(taskRoot, folder, { recursive: true });
  const file = join(folder, 'index.js');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(platform, instead));
  return { file, env };
}

/**
 * How V8 divides so little memory. On a larger machine it lets garbage lie for longer; where a control group gives a process 384 MB in
 * all, the same order takes 230 to 250 of them with these and without.
 */
const HEAP = [`--max-old-space-size=${Math.floor(CONSUMER_MB * 0.9)}`, '--max-semi-space-size=8'];

/** Has one message worked off by a process of its own. */
async function workOff(
  { file, env }: { file: string; env: Record<string, string> },
  message: SingleMessage,
): Promise<{ failed: number; peakMb: number }> {
  const record = { messageId: 'one', body: JSON.stringify(message), attributes: { SentTimestamp: '0' } };
  const event = { Records: [record] };
  const child = spawn(process.execPath, [...HEAP, CHILD, JSON.stringify({ bundle: file, event })], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [said, complaint] = await Promise.all(
    [child.stdio[3], child.stderr].map((stream) => text(stream as Readable)),
  );
  expect(said, complaint).not.toBe('');
  return JSON.parse(said ?? '');
}

describe('the largest order that a platform can answer', () => {
  it('is written whole within the memory that a consumer has', async () => {
    // Arrange
    const { world, url } = shop.platforms.nuvemshop!;
    const orderId = world.place();
    await world.settled();
    await shop.cloud.idle();
    const consumer = consumerCalling(url, await withHugeOrders(url));
    const asked = { v: 1, correlationId: 'huge', receivedAt: Date.now(), attempts: 0 } as const;
    const refresh = {
      kind: 'refresh',
      origin: 'replay',
      priority: 'urgent',
      storeId: STORE,
      orderId,
    } as const;

    // Act
    const { failed, peakMb } = await workOff(consumer, { ...asked, ...refresh });

    // Assert
    const row = await shop.table.get({ platform: 'nuvemshop', storeId: STORE, platformOrderId: orderId });
    expect(failed).toBe(0);
    expect(row?.order?.lines?.length).toBeGreaterThan(5_000);
    expect(peakMb).toBeLessThan(CONSUMER_MB - LEFT_TO_LAMBDA_MB);
  });
});
