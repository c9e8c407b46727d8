import { describe, expect, it } from 'vitest';
import { type Sweeper, sweep } from '../../functions/erp/sweep.ts';
import type { Endpoint } from '../../functions/storage/endpoints.ts';
import { countingMetrics, keptLog, movedClock } from '../support/fakes.ts';

const HEAD = { epoch: 1_795_000_000, seq: 100 };
const HOUR_MS = 3_600_000;
const clock = movedClock();
const now = clock.now();
const endpoint = (changes: Partial<Endpoint> = {}): Endpoint => ({
  id: 'erp',
  url: 'https://erp.example.com/',
  status: 'active',
  ...HEAD,
  ahead: [],
  redeliver: new Set(),
  failures: 0,
  createdAt: now,
  ...changes,
});

async function swept(all: readonly Endpoint[], changes: Partial<Sweeper> = {}) {
  const announced: string[] = [];
  const raised: number[] = [];
  const metrics = countingMetrics();
  const log = keptLog();
  const done = sweep({
    left: new Map(),
    endpoints: async () => [...all],
    feed: { head: async () => HEAD },
    pointer: async () => ({ ...HEAD, at: now - HOUR_MS }),
    writer: {
      raise: async () => {
        raised.push(clock.now());
        return HEAD;
      },
    },
    countOverdue: async () => 0,
    findUnpublished: async () => {},
    findUnclaimed: async () => {},
    sweepCommands: async () => {},

    sweepStock: async () => {},
    deliveries: { announce: async (id) => void announced.push(id) },
    clock,
    log,
    metrics,
    ...changes,
  });
  const failure = await done.then(
    () => undefined,
    (error: unknown) => error,
  );
  return { announced, raised, metrics, log, failure };
}

describe('the work of an endpoint is announced again', () => {
  it.each<[string, Partial<Endpoint>]>([
    ['lacks events', { seq: 99 }],
    ['stands in an epoch that is over', { epoch: 1, seq: 500 }],
    ['failed, and its time has come', { failures: 3, notBefore: now }],
    ['is to be sent something again', { redeliver: new Set(['1795000000-000000000000001']) }],
    ['was worked on by a run that was killed', { seq: 99, leaseOwner: 'run', leaseUntil: now - 1 }],
  ])('when it %s', async (_, changes) => {
    expect((await swept([endpoint(changes)])).announced).toEqual(['erp']);
  });

  it.each<[string, Partial<Endpoint>]>([
    ['lacks nothing', {}],
    ['is left alone for a while', { seq: 1, failures: 3, notBefore: now + 1 }],
    ['is worked on', { seq: 1, leaseOwner: 'run', leaseUntil: now + 1 }],
    ['is paused', { seq: 1, status: 'paused', why: 'operator' }],
    ['is switched off', { seq: 1, status: 'disabled', why: 'gone' }],
  ])('not when it %s', async (_, changes) => {
    expect((await swept([endpoint(changes)])).announced).toEqual([]);
  });
});

describe('what needs a person is counted', () => {
  it('also where the queue takes no work of an endpoint', async () => {
    const failing = endpoint({ seq: 99, failures: 1, failingSince: now - 30 * 60_000 });
    const announce = () => Promise.reject(new Error('the queue is not available'));

    const { metrics, failure } = await swept([failing], { deliveries: { announce } });

    expect(metrics.total('EndpointFailing')).toBe(1);
    expect(failure).toMatchObject({ message: 'the queue is not available' });
  });

  it('is an endpoint that has taken nothing for half an hour', async () => {
    const failing = (minutes: number) => endpoint({ failures: 1, failingSince: now - minutes * 60_000 });

    const { metrics } = await swept([failing(29), failing(30), failing(4_000)]);

    expect(metrics.total('EndpointFailing')).toBe(2);
  });

  it.each<[string, number, Partial<Endpoint>]>([
    ['counts after half an hour', 1, {}],
    ['does not count while it goes on', 0, { seq: 60 }],
    ['does not count while a run works on it', 0, { leaseOwner: 'run', leaseUntil: now + HOUR_MS }],
    ['does not count once it lacks nothing', 0, HEAD],
  ])('is one that has work and that nobody calls, which %s', async (_, failing, later) => {
    const left: Sweeper['left'] = new Map();
    await swept([endpoint({ seq: 50 })], { left });

    const halfAnHourLater = { ...clock, now: () => now + HOUR_MS / 2 };
    const { metrics } = await swept([endpoint({ seq: 50, ...later })], { left, clock: halfAnHourLater });

    expect(metrics.total('EndpointFailing')).toBe(failing);
  });

  it('is none that a person paused meanwhile, as soon as it goes on', async () => {
    const left: Sweeper['left'] = new Map();
    await swept([endpoint({ seq: 50 })], { left });
    await swept([endpoint({ seq: 50, status: 'paused', why: 'operator' })], { left });

    const anHourLater = { ...clock, now: () => now + HOUR_MS };
    const { metrics } = await swept([endpoint({ seq: 50 })], { left, clock: anHourLater });

    expect(metrics.total('EndpointFailing')).toBe(0);
  });

  it('is one that was stopped, but not by a person', async () => {
    const { metrics } = await swept([
      endpoint({ status: 'disabled', why: 'gone' }),
      endpoint({ status: 'paused', why: 'expired' }),
      endpoint({ status: 'paused', why: 'operator' }),
    ]);

    expect(metrics.total('EndpointStopped')).toBe(2);
  });

  it('is nothing without endpoints, which is said as well', async () => {
    const { metrics } = await swept([]);

    expect([metrics.total('EndpointFailing'), metrics.total('EndpointStopped')]).toEqual([0, 0]);
    expect(metrics.seen('EndpointFailing')).toBe(true);
    expect(metrics.seen('DeliveryBacklog')).toBe(false);
  });

  it('is told with how far the slowest is behind', async () => {
    const { metrics } = await swept([
      endpoint({ seq: 90 }),
      endpoint({ seq: 40 }),
      endpoint({ seq: 1, status: 'paused' }),
    ]);

    expect(metrics.total('DeliveryBacklog')).toBe(60);
  });
});

describe("the feed's pointer", () => {
  it.each([
    [23, 0],
    [24, 1],
    [40 * 24, 1],
  ])('that is %i hours old is raised %i times', async (hours, times) => {
    const pointer = async () => ({ ...HEAD, at: now - hours * HOUR_MS });

    expect((await swept([], { pointer })).raised).toHaveLength(times);
  });

  it('is left to the first event where there is none', async () => {
    expect((await swept([], { pointer: async () => undefined })).raised).toEqual([]);
  });
});

it('a part that fails stops no other, and the sweep says so', async () => {
  const pointer = () => Promise.reject(new Error('secret text of somebody else'));

  const { announced, failure, metrics, log } = await swept([endpoint({ seq: 1 })], { pointer });

  expect(announced).toEqual(['erp']);
  expect(failure).toBeInstanceOf(Error);
  expect(metrics.seen('SweepCompleted')).toBe(false);
  expect(log.lines).toEqual([
    { level: 'error', message: 'a part of the sweep failed', fields: { part: 'pointer', error: 'Error' } },
  ]);
});
