import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressLimit } from '../../../local/platforms/pedidosya/access/address-limit.ts';
import { SOURCE_ADDRESS_HEADER } from '../../../local/platforms/pedidosya/access/gate.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { NOON, startPedidosYa } from './harness.ts';

const PATH = '/v2/chains/{c}/vendors/nbet/status';

describe('60 calls a minute from one source address', () => {
  it('refuses the 61st in HTML, and blocks the address for a minute', async () => {
    // Arrange
    const clock = createVirtualClock(NOON);
    const { call, sim } = await startPedidosYa({ clock, callsPerMinute: 60 });

    // Act
    const first = await Promise.all(Array.from({ length: 60 }, () => call('GET', PATH)));
    const refused = await call('GET', PATH);
    await clock.advance(59_000);
    const still = await call('GET', PATH);
    await clock.advance(1_000);
    const again = await call('GET', PATH);

    // Assert
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([200]));
    expect([refused.status, still.status, again.status]).toEqual([429, 429, 200]);
    expect(refused.headers.get('content-type')).toContain('text/html');
    expect(refused.json).toBeUndefined();
    expect(sim.calls.filter(({ status }) => status === 429)).toHaveLength(2);
  });

  it('counts the address and not the token', async () => {
    const { call, world } = await startPedidosYa({ callsPerMinute: 1 });
    const authorization = `Bearer ${world.credentials.addStaticToken()}`;

    await call('GET', PATH);
    const otherToken = await call('GET', PATH, { headers: { authorization } });
    const otherAddress = await call('GET', PATH, { headers: { [SOURCE_ADDRESS_HEADER]: '192.0.2.7' } });

    expect([otherToken.status, otherAddress.status]).toEqual([429, 200]);
  });

  it('answers 403 in HTML when told to', async () => {
    const { call } = await startPedidosYa({ callsPerMinute: 0, limitStatus: 403 });

    const answer = await call('GET', PATH);

    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toContain('text/html');
  });

  it('counts calls with a wrong token too', async () => {
    const { call } = await startPedidosYa({ callsPerMinute: 1 });

    const first = await call('GET', PATH, { headers: { authorization: '' } });
    const second = await call('GET', PATH);

    expect([first.status, second.status]).toEqual([401, 429]);
  });
});

it('limits tokens to 50 a minute, apart from the other calls', async () => {
  const { call } = await startPedidosYa({ callsPerMinute: 1 });

  const statuses: number[] = [];
  for (let i = 0; i < 51; i += 1) statuses.push((await call('POST', '/v2/oauth/token')).status);
  const other = await call('GET', PATH);

  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect(statuses.at(-1)).toBe(429);
  expect(other.status).toBe(200);
});

it('never admits more than the limit in any 60 seconds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }),
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom(0, 60_000),
      (gaps, perMinute, blockMs) => {
        const limit = createAddressLimit({ perMinute, blockMs });
        let now = 0;
        const admitted: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (limit.admit('a', now)) admitted.push(now);
        }
        return admitted.every(
          (at) => admitted.filter((other) => other > at - 60_000 && other <= at).length <= perMinute,
        );
      },
    ),
  );
});
