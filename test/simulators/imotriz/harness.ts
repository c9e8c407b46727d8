import { onTestFinished } from 'vitest';
import type { ImotrizSimulatorOptions } from '../../../local/platforms/imotriz/options.ts';
import { createImotrizSimulator } from '../../../local/platforms/imotriz/simulator.ts';

/** 2026-03-10, noon UTC. */
export const NOON = Date.UTC(2026, 2, 10, 12);

export const NEW_ORDERS = '/api/cart/transaction/newOrders';

/** A record as the API gives it. */
export interface ApiRecord {
  order: Record<string, unknown> & { id: number; total: number | string };
  products: { unit_price: number | string; quantity: number | string }[];
  buyer: object;
}

/** A page of new orders. */
export interface Page {
  data: ApiRecord[];
  metadata: {
    total_transactions_found: number;
    returned_transactions: number;
    pending_transactions: number;
  };
}

/** Starts a simulator that stops with the test. */
export async function startImotriz(options: ImotrizSimulatorOptions = {}) {
  const sim = createImotrizSimulator(options);
  await sim.start();
  onTestFinished(() => sim.stop());
  const call = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(`${sim.url}${path}`, {
      method,
      headers: { authorization: sim.world.token, 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(5000),
    });
    return { status: response.status, text: await response.text() };
  };
  const newOrders = async () => JSON.parse((await call(NEW_ORDERS)).text) as Page;
  return { sim, world: sim.world, call, newOrders };
}
