import { expect, it } from 'vitest';
import { parseJson } from '../../../functions/http/answer.ts';
import { normalisePedidosyaOrder } from '../../../functions/platforms/pedidosya/normalise.ts';
import { settingsOf } from './harness.ts';

/** Milliseconds of CPU, the least of some runs: the first ones compile. */
function cpuOf(work: () => void): number {
  const runs = Array.from({ length: 4 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

it('an order of 20,000 odd items is decided in well under a second of CPU', () => {
  const items = Array.from({ length: 20_000 }, () => ({ name: [], sku: {} }));
  // As long as a webhook may be.
  const bytes = JSON.stringify({ order_id: 'o', status: 'RECEIVED', items, filler: 'x'.repeat(600_000) });
  const read = () => normalisePedidosyaOrder(parseJson(bytes), settingsOf());

  const cpuMs = cpuOf(read);

  expect(bytes.length).toBeGreaterThan(1_000_000);
  expect(read()).toMatchObject({
    ok: false,
    reason: 'schema-mismatch',
    platformOrderId: 'o',
    problem: expect.stringMatching(/^items\[0\]\.sku: .{1,300}; and 19995 more$/) as string,
  });
  expect(cpuMs).toBeLessThan(800);
});
