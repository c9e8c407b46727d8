import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { DEFAULTS, type PedidosYaSimulatorOptions } from '../../../local/platforms/pedidosya/options.ts';
import { createPedidosYaSimulator } from '../../../local/platforms/pedidosya/simulator.ts';

/** 2026-03-10, noon UTC. */
export const NOON = Date.UTC(2026, 2, 10, 12);

/** An answer, its body read both ways. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body; undefined when it is not JSON. */
  json: Record<string, unknown> | undefined;
}

/** Calls a simulator with the static token unless other headers are given. */
export type Call = (
  method: string,
  path: string,
  options?: { body?: unknown; headers?: Record<string, string> },
) => Promise<Answer>;

/** Starts a simulator that stops with the test. `{c}` in a path becomes the chain. */
export async function startPedidosYa(options: PedidosYaSimulatorOptions = {}) {
  const sim = createPedidosYaSimulator({ jobStepMs: 1, callsPerMinute: 10_000, ...options });
  await sim.start();
  onTestFinished(() => sim.stop());
  const call: Call = async (method, path, { body, headers = {} } = {}) => {
    const response = await fetch(`${sim.url}${path.replace('{c}', sim.world.chainId)}`, {
      method,
      headers: {
        authorization: `Bearer ${DEFAULTS.staticToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
  return { sim, world: sim.world, call };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A webhook as it arrived. */
export interface Received {
  authorization: string | undefined;
  contentType: string | undefined;
  json: Record<string, unknown>;
}

/** Starts a receiver that answers with the next of `statuses`, then 200, and stops with the test. */
export async function startReceiver(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        authorization: request.headers.authorization,
        contentType: request.headers['content-type'],
        json: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
      });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}
