import { describe, expect, it } from 'vitest';
import {
  BACKFILL_MARGIN_MS,
  createCircuitBreaker,
  PROBE_EVERY_MS,
  SUSPENDED_PROBE_EVERY_MS,
  SUSPENDED_RETRY_MS,
  UNSEEN_MS,
} from '../../functions/storage/circuit-breaker.ts';
import { createPauses, readPause } from '../../functions/storage/pauses.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const instances = (storeId: string, count: number) => {
  const clock = movedClock();
  const requests: number[] = [];
  const backfill = { request: async (from: number) => void requests.push(from) };
  const store = { ...tables, platform: 'shop', storeId, clock };
  const circuits = Array.from({ length: count }, () => createCircuitBreaker({ ...store, backfill }));
  return { clock, circuits, requests, store };
};

describe('the circuit breaker', () => {
  it('lets everybody through while it is closed', async () => {
    const { circuits } = instances('fine', 1);

    expect(await circuits[0]!.check()).toEqual({ allowed: true, probe: false });
  });

  it('stops every instance, then lets exactly one probe through at a time', async () => {
    // Arrange
    const { clock, circuits } = instances('stopped', 6);
    await circuits[0]!.trip('orders.get was answered 401', 'replace the token');

    // Act
    const before = await circuits[1]!.check();
    clock.move(PROBE_EVERY_MS);
    const halfOpen = await Promise.all(circuits.map((circuit) => circuit.check()));

    // Assert
    expect(before).toMatchObject({
      allowed: false,
      state: { cause: 'orders.get was answered 401', remedy: 'replace the token' },
    });
    expect(halfOpen.filter((permission) => permission.allowed)).toEqual([{ allowed: true, probe: true }]);
  });

  it('gives its next probe before that is due to one of those who ask ahead', async () => {
    const { clock, circuits } = instances('ahead', 6);
    await circuits[0]!.trip('401', 'token');
    clock.move(1000);

    const asked = await Promise.all(circuits.map((circuit) => circuit.check({ ahead: true })));

    expect(asked.filter((permission) => permission.allowed)).toEqual([{ allowed: true, probe: true }]);
  });

  it('closes for everybody once a probe succeeded', async () => {
    const { clock, circuits } = instances('probed', 2);
    await circuits[0]!.trip('401', 'token');
    clock.move(PROBE_EVERY_MS);
    await circuits[1]!.check();

    await circuits[1]!.recordSuccess();

    expect(await circuits[0]!.check()).toEqual({ allowed: true, probe: false });
  });

  it('opened when it opened, however often a probe fails', async () => {
    const { clock, circuits } = instances('opened', 1);
    const began = clock.now();
    await circuits[0]!.trip('401', 'token');
    clock.move(PROBE_EVERY_MS);
    await circuits[0]!.check();

    await circuits[0]!.trip('401', 'token');

    expect(await circuits[0]!.check()).toMatchObject({ allowed: false, state: { openedAt: began } });
  });
});

describe('a suspended circuit', () => {
  const suspended = async (storeId: string, closedBy: 'notice' | 'token') => {
    const made = instances(storeId, 3);
    const [first, second] = made.circuits;
    if (first === undefined || second === undefined) throw new Error('no instance');
    const at = made.clock.now();
    expect(await first.suspend(`until a ${closedBy}`, 'remedy', { closedBy, at })).toBe(true);
    return { ...made, first, second, at };
  };

  it('is never probed when only a new token closes it (documented)', async () => {
    const { clock, first } = await suspended('no-probe', 'token');

    for (const ms of [0, PROBE_EVERY_MS, SUSPENDED_PROBE_EVERY_MS, 30 * 86_400_000]) {
      clock.move(ms);
      expect(await first.check({ ahead: true })).toMatchObject({ allowed: false });
      expect(await first.check()).toMatchObject({
        allowed: false,
        retryAt: clock.now() + SUSPENDED_RETRY_MS,
      });
    }
  });

  it('is probed by one instance an hour when a notice closes it, because the notice may be lost', async () => {
    // Arrange
    const { clock, circuits } = await suspended('rare-probe', 'notice');
    const ask = async (ms: number) => {
      clock.move(ms);
      const answers = await Promise.all(circuits.map((circuit) => circuit.check()));
      return answers.filter(({ allowed }) => allowed).length;
    };

    // Act
    const early = await ask(SUSPENDED_PROBE_EVERY_MS - 1);
    const due = await ask(1);
    const soonAfter = await ask(SUSPENDED_PROBE_EVERY_MS - 1);
    const next = await ask(1);

    // Assert
    expect({ early, due, soonAfter, next }).toEqual({ early: 0, due: 1, soonAfter: 0, next: 1 });
  });

  it('stays as it is when its probe is refused', async () => {
    const { clock, first, at } = await suspended('refused-probe', 'notice');
    clock.move(SUSPENDED_PROBE_EVERY_MS);
    await first.check();

    await first.trip('orders.get was answered 402', 'pay');

    expect(await first.check()).toMatchObject({
      allowed: false,
      state: { cause: 'until a notice', closedBy: 'notice', openedAt: at, stoppedAt: at },
    });
  });

  it('closes when its probe succeeds, with a request to go back', async () => {
    const { clock, first, second, requests, at } = await suspended('good-probe', 'notice');
    clock.move(SUSPENDED_PROBE_EVERY_MS);
    await first.check();

    await first.recordSuccess();

    expect(await second.check()).toEqual({ allowed: true, probe: false });
    expect(requests).toEqual([at - BACKFILL_MARGIN_MS]);
  });

  it('closes when a probe ahead of that of the hour succeeds', async () => {
    const { first, second } = await suspended('good-ahead', 'notice');
    await first.check({ ahead: true });

    await first.recordSuccess();

    expect(await second.check()).toEqual({ allowed: true, probe: false });
  });

  it('stays open when the app is suspended anew while its probe is under way', async () => {
    const { clock, first, second } = await suspended('again', 'notice');
    clock.move(SUSPENDED_PROBE_EVERY_MS);
    await first.check();
    clock.move(1000);
    await second.suspend('until a notice', 'remedy', { closedBy: 'notice', at: clock.now() });

    await first.recordSuccess();

    expect(await second.check()).toMatchObject({ allowed: false });
  });

  it('is not opened again by a notice from before the probe that closed it', async () => {
    const { clock, first, second, at } = await suspended('late-copy', 'notice');
    clock.move(SUSPENDED_PROBE_EVERY_MS);
    await first.check();
    await first.recordSuccess();

    expect(await second.suspend('late', 'remedy', { closedBy: 'notice', at: at + 1 })).toBe(false);
    expect(await second.check()).toEqual({ allowed: true, probe: false });
  });

  it('is not closed by a call that was under way and succeeded', async () => {
    const { first, second } = await suspended('under-way', 'notice');
    await second.check();

    await second.recordSuccess();

    expect(await first.check()).toMatchObject({ allowed: false });
  });

  it('keeps its cause when a call that was under way is refused', async () => {
    const { second } = await suspended('refused', 'token');

    await second.trip('orders.get was answered 401', 'replace the token');

    expect(await second.check()).toMatchObject({ state: { cause: 'until a token', closedBy: 'token' } });
  });

  it('of a removed app is not closed by a notice, only by a new token', async () => {
    const { clock, first, second } = await suspended('removed', 'token');
    clock.move(1000);

    expect(await second.resume('notice', clock.now())).toBeUndefined();
    expect(await first.check()).toMatchObject({ allowed: false });
    expect(await second.resume('token', clock.now())).toMatchObject({ cause: 'until a token' });
    expect(await first.check()).toEqual({ allowed: true, probe: false });
  });

  it('replaces one that a refused call opened, and opened when that opened', async () => {
    const { clock, circuits } = instances('escalated', 1);
    const began = clock.now();
    await circuits[0]!.trip('orders.get was answered 402', 'pay');
    clock.move(60_000);

    await circuits[0]!.suspend('app suspended', 'pay', { closedBy: 'notice', at: clock.now() });

    expect(await circuits[0]!.check()).toMatchObject({
      state: { cause: 'app suspended', openedAt: began, closedBy: 'notice' },
    });
  });

  it('is not opened by a notice that waited while the app was installed anew', async () => {
    const { clock, circuits } = instances('late', 2);
    const noticed = clock.now();
    clock.move(60_000);
    await circuits[0]!.resume('token', clock.now());

    expect(await circuits[1]!.suspend('app removed', 'r', { closedBy: 'token', at: noticed })).toBe(false);
    expect(await circuits[0]!.check()).toEqual({ allowed: true, probe: false });
  });

  it('is not closed by a notice that is older than it', async () => {
    const { clock, first } = await suspended('older-resume', 'notice');

    expect(await first.resume('notice', clock.now() - 1)).toBeUndefined();
    expect(await first.check()).toMatchObject({ allowed: false });
  });
});

describe('a circuit that closes', () => {
  it('asks for a reconciliation from an hour before it opened, before it is closed', async () => {
    // Arrange
    const { clock, circuits, requests, store } = instances('backfill', 2);
    const [tripping, closing] = circuits;
    const openedAt = clock.now();
    await tripping!.trip('402', 'pay');

    // Act
    const backfill = { request: () => Promise.reject(new Error('no table')) };
    const failing = createCircuitBreaker({ ...store, backfill });
    await failing.check();
    await expect(failing.recordSuccess()).rejects.toThrow('no table');
    const still = await closing!.check();
    await closing!.recordSuccess();

    // Assert
    expect(still).toMatchObject({ allowed: false });
    expect(requests).toEqual([openedAt - BACKFILL_MARGIN_MS]);
    expect(await closing!.check()).toEqual({ allowed: true, probe: false });
  });

  it('asks for a week when calls are resumed and nobody knew that they had stopped', async () => {
    const { clock, circuits, requests } = instances('unseen', 1);

    await circuits[0]!.resume('notice', clock.now());

    expect(requests).toEqual([clock.now() - UNSEEN_MS]);
  });
});

describe('a pause by a person', () => {
  const HOUR_MS = 3_600_000;
  const word = (until: number) => ({ by: 'ana', reason: 'the prices are wrong', until });
  const bench = (storeId: string) => {
    const { clock, circuits, requests, store } = instances(storeId, 2);
    const pauses = createPauses({
      ...store,
      backfill: { request: async (from) => void requests.push(from) },
    });
    return { clock, circuit: circuits[0]!, other: circuits[1]!, requests, pauses, store };
  };

  it('stops every instance, and says who and why', async () => {
    const { clock, circuit, pauses, requests } = bench('by-person');
    const at = clock.now();

    await pauses.pause(word(at + HOUR_MS));

    expect(await circuit.check()).toMatchObject({
      allowed: false,
      retryAt: at + SUSPENDED_RETRY_MS,
      state: { cause: 'ana paused it: the prices are wrong', closedBy: 'person', openedAt: at },
    });
    expect(await circuit.state()).toMatchObject({ closedBy: 'person' });
    expect(requests).toEqual([at]);
  });

  it('ends by itself', async () => {
    const { clock, circuit, pauses } = bench('ends');
    await pauses.pause(word(clock.now() + HOUR_MS));

    clock.move(HOUR_MS);

    expect(await circuit.check()).toEqual({ allowed: true, probe: false });
    expect(await circuit.state()).toBeUndefined();
  });

  it('is ended by a person, and leaves nothing', async () => {
    const { clock, circuit, pauses, store } = bench('resumed-early');
    await pauses.pause(word(clock.now() + HOUR_MS));

    const ended = await pauses.resume();

    expect(ended).toMatchObject({ by: 'ana', reason: 'the prices are wrong' });
    expect(await circuit.check()).toEqual({ allowed: true, probe: false });
    expect(await pauses.resume()).toBeUndefined();
    expect(await readPause(store, clock.now())).toBeUndefined();
  });

  it('is ended by no platform and by no new token', async () => {
    const { clock, circuit, other, pauses } = bench('outlives');
    await circuit.trip('401', 'token');
    await pauses.pause(word(clock.now() + HOUR_MS));

    await other.resume('token', clock.now());

    expect(await circuit.check()).toMatchObject({ allowed: false, state: { closedBy: 'person' } });
    await pauses.resume();
    expect(await circuit.check()).toEqual({ allowed: true, probe: false });
  });

  it('leaves the circuit that it stands beside as it was', async () => {
    const { clock, circuit, pauses } = bench('beside');
    await pauses.pause(word(clock.now() + HOUR_MS));
    await circuit.suspend('the app is gone', 'install it', { closedBy: 'token', at: clock.now() });

    await pauses.resume();

    expect(await circuit.check()).toMatchObject({ allowed: false, state: { closedBy: 'token' } });
  });
});
