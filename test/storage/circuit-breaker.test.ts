import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { createBackfillRequests } from '../../functions/storage/backfill-requests.ts';
import {
  BACKFILL_MARGIN_MS,
  createCircuitBreaker,
  PROBE_EVERY_MS,
  SUSPENDED_RETRY_MS,
  UNSEEN_MS,
} from '../../functions/storage/circuit-breaker.ts';
import { movedClock } from '../support/fakes.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
const instances = (scope: string, count: number) => {
  const clock = movedClock();
  const one = () => createCircuitBreaker({ ...tables, platform: 'nuvemshop', scope, clock });
  return { clock, pauses: Array.from({ length: count }, one) };
};

describe('pause', () => {
  it('lets everybody through while nothing is wrong', async () => {
    const { pauses } = instances('fine', 1);

    expect(await pauses[0]!.permission()).toEqual({ go: true, probe: false });
  });

  it('stops every instance, then lets exactly one probe through at a time', async () => {
    // Prepare
    const { clock, pauses } = instances('stopped', 6);
    await pauses[0]!.pause('orders.get was answered 401', 'replace the token');

    // Act
    const before = await pauses[1]!.permission();
    clock.move(PROBE_EVERY_MS);
    const due = await Promise.all(pauses.map((pause) => pause.permission()));

    // Assess
    expect(before).toMatchObject({
      go: false,
      state: { cause: 'orders.get was answered 401', remedy: 'replace the token' },
    });
    expect(due.filter((permission) => permission.go)).toEqual([{ go: true, probe: true }]);
  });

  it('is over for everybody once a probe succeeded', async () => {
    const { clock, pauses } = instances('resumed', 2);
    await pauses[0]!.pause('401', 'token');
    clock.move(PROBE_EVERY_MS);
    await pauses[1]!.permission();

    await pauses[1]!.resume();

    expect(await pauses[0]!.permission()).toEqual({ go: true, probe: false });
  });

  it('began when it began, however often a probe fails', async () => {
    const { clock, pauses } = instances('since', 1);
    const began = clock.now();
    await pauses[0]!.pause('401', 'token');
    clock.move(PROBE_EVERY_MS);
    await pauses[0]!.permission();

    await pauses[0]!.pause('401', 'token');

    expect(await pauses[0]!.permission()).toMatchObject({ go: false, state: { since: began } });
  });
});

describe('a pause that the platform asked for', () => {
  const held = async (scope: string, endsBy: 'notice' | 'token') => {
    const made = instances(scope, 3);
    const [first, second] = made.pauses;
    if (first === undefined || second === undefined) throw new Error('no instance');
    const at = made.clock.now();
    expect(await first.hold(`held by ${endsBy}`, 'remedy', { endsBy, at })).toBe(true);
    return { ...made, first, second, at };
  };

  it.each(['notice', 'token'] as const)(
    'is never probed when it ends by a %s (documented)',
    async (endsBy) => {
      const { clock, first } = await held(`no-probe-${endsBy}`, endsBy);
      for (const ms of [0, PROBE_EVERY_MS, 10 * PROBE_EVERY_MS, 30 * 86_400_000]) {
        clock.move(ms);
        expect(await first.permission()).toMatchObject({
          go: false,
          retryAt: clock.now() + SUSPENDED_RETRY_MS,
        });
      }
    },
  );

  it('is not ended by a call that was under way and succeeded', async () => {
    const { first, second } = await held('under-way', 'notice');
    await second.permission();

    await second.resume();

    expect(await first.permission()).toMatchObject({ go: false });
  });

  it('keeps its cause when a call that was under way is refused', async () => {
    const { second } = await held('refused', 'token');

    await second.pause('orders.get was answered 401', 'replace the token');

    expect(await second.permission()).toMatchObject({ state: { cause: 'held by token', endsBy: 'token' } });
  });

  it('of a removed app is not ended by app/resumed, only by a new token', async () => {
    const { clock, first, second } = await held('removed', 'token');
    clock.move(1000);

    expect(await second.lift('notice', clock.now())).toBeUndefined();
    expect(await first.permission()).toMatchObject({ go: false });
    expect(await second.lift('token', clock.now())).toMatchObject({ cause: 'held by token' });
    expect(await first.permission()).toEqual({ go: true, probe: false });
  });

  it('takes the place of one that a call began, and began when that began', async () => {
    const { clock, pauses } = instances('escalated', 1);
    const began = clock.now();
    await pauses[0]!.pause('orders.get was answered 402', 'pay');
    clock.move(60_000);

    await pauses[0]!.hold('app/suspended', 'pay', { endsBy: 'notice', at: clock.now() });

    expect(await pauses[0]!.permission()).toMatchObject({
      state: { cause: 'app/suspended', since: began, endsBy: 'notice' },
    });
  });

  it('is not begun by a notice that waited while the app was installed anew', async () => {
    const { clock, pauses } = instances('late', 2);
    const noticed = clock.now();
    clock.move(60_000);
    await pauses[0]!.lift('token', clock.now());

    expect(await pauses[1]!.hold('app/uninstalled', 'r', { endsBy: 'token', at: noticed })).toBe(false);
    expect(await pauses[0]!.permission()).toEqual({ go: true, probe: false });
  });

  it('is not ended by a notice that is older than it', async () => {
    const { clock, first } = await held('older-resume', 'notice');

    expect(await first.lift('notice', clock.now() - 1)).toBeUndefined();
    expect(await first.permission()).toMatchObject({ go: false });
  });
});

describe('the end of a pause', () => {
  it('asks for a reconciliation from an hour before it began, before it is gone', async () => {
    // Prepare
    const clock = movedClock();
    const marks: number[] = [];
    const failing = { mark: () => Promise.reject(new Error('no table')) };
    const options = { ...tables, platform: 'nuvemshop', scope: 'due', clock } as const;
    const since = clock.now();
    await createCircuitBreaker(options).pause('402', 'pay');

    // Act
    const refused = createCircuitBreaker({ ...options, due: failing });
    await refused.permission();
    await expect(refused.resume()).rejects.toThrow('no table');
    const ending = createCircuitBreaker({ ...options, due: { mark: async (from) => void marks.push(from) } });
    const still = await ending.permission();
    await ending.resume();

    // Assess
    expect(still).toMatchObject({ go: false });
    expect(marks).toEqual([since - BACKFILL_MARGIN_MS]);
    expect(await ending.permission()).toEqual({ go: true, probe: false });
  });
});

it('a word that calls are welcome asks for a week when nobody knew of a pause', async () => {
  const clock = movedClock();
  const marks: number[] = [];
  const due = { mark: async (from: number) => void marks.push(from) };
  const pause = createCircuitBreaker({ ...tables, platform: 'nuvemshop', scope: 'unseen', clock, due });

  await pause.lift('notice', clock.now());

  expect(marks).toEqual([clock.now() - UNSEEN_MS]);
});

describe('the mark of a reconciliation that is due', () => {
  it('only goes back, and tells that it was set again', async () => {
    // Prepare
    const clock = movedClock();
    const due = createBackfillRequests({ ...tables, platform: 'nuvemshop', scope: 'marks', clock });
    const Key = { pk: 'reconcile#nuvemshop#marks', sk: 'due' };
    const item = async () =>
      (await tables.client.send(new GetCommand({ TableName: tables.table, Key }))).Item;

    // Act
    const seen: ({ now: number } & Record<string, unknown>)[] = [];
    for (const from of [5000, 7000, 3000]) {
      clock.move(1);
      await due.mark(from);
      seen.push({ ...(await item()), now: clock.now() });
    }

    // Assess
    expect(seen).toEqual(
      [5000, 5000, 3000].map((from, index) => ({
        ...Key,
        from,
        markedAt: seen[index]?.now,
        now: seen[index]?.now,
      })),
    );
  });
});
