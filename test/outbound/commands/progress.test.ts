import { describe, expect, it } from 'vitest';
import { PlatformError, type PlatformErrorDetails } from '../../../functions/http/errors.ts';
import { givenAgain } from '../../../functions/outbound/commands/by-a-person.ts';
import {
  afterFailedCall,
  afterFailedLook,
  heldUntil,
} from '../../../functions/outbound/commands/failures.ts';
import {
  afterLook,
  answered,
  calling,
  nextOf,
  outcomeUnknown,
} from '../../../functions/outbound/commands/progress.ts';
import type { Look } from '../../../functions/platforms/commands.ts';
import { type Command, itemOf } from '../../../functions/storage/command-item.ts';
import { itemBytes, MAX_ITEM_BYTES } from '../../../functions/storage/dynamodb.ts';
import { NOW, sampleCommand } from './samples.ts';

const ABSENT: Look<string> = { state: 'absent', step: 'one', fresh: 'fresh' };
const THERE: Look<string> = { state: 'there' };
const harmless = { twice: 'harmless', ignored: [] } as const;
const harmful = { twice: 'harmful', ignored: [] } as const;
const half = () => 0.5;
const failure = (details: Omit<PlatformErrorDetails, 'platform' | 'operation'>) =>
  new PlatformError({ platform: 'shop', operation: 'orders.change', ...details });
const LAST_LOOK = NOW + 80_000;

/** Its call began and ended now, and nobody knows how. */
const unknown = (changes: Partial<Command> = {}) =>
  outcomeUnknown(calling(sampleCommand(changes), { step: 'one' }, NOW), NOW);
const written = (step: ReturnType<typeof afterLook>): Command => {
  if (!('written' in step)) throw new Error('a call may be made');
  return step.written;
};

describe('a look', () => {
  it('that finds the effect before any call ends the command without one, and names what is not confirmed', () => {
    const look: Look<string> = { state: 'there', unconfirmed: ['restock'] };

    expect(written(afterLook(sampleCommand(), harmful, look, NOW))).toMatchObject({
      state: 'done',
      already: true,
      unconfirmed: ['restock'],
    });
  });

  it('that finds the effect of our answered call takes for confirmed what cannot be seen', () => {
    const called = answered(calling(sampleCommand(), { step: 'one' }, NOW), NOW);

    const done = written(afterLook(called, harmful, { state: 'there', unconfirmed: ['notify'] }, NOW));

    expect(done).toMatchObject({ state: 'done', seen: true });
    expect(done).not.toHaveProperty('unconfirmed');
    expect(done).not.toHaveProperty('already');
  });

  it('does not say "already" where an earlier step was ours', () => {
    const first = answered(calling(sampleCommand(), { step: 'one' }, NOW), NOW);
    const second = calling(first, { step: 'two' }, NOW);
    const turnedAway = afterFailedCall(second, failure({ kind: 'retry-later', throttled: true }), NOW, half);

    const done = written(afterLook(turnedAway, harmful, THERE, NOW));

    expect(turnedAway).not.toHaveProperty('calledAt');
    expect(done).not.toHaveProperty('already');
  });

  it('names the fields that the platform has no place for, once the command is done', () => {
    const traits = { twice: 'harmless', ignored: ['carrier'] } as const;

    expect(written(afterLook(sampleCommand(), traits, THERE, NOW))).toMatchObject({ ignored: ['carrier'] });
  });

  it('that finds nothing at first lets the call be made, and a refusal end the command', () => {
    expect(afterLook(sampleCommand(), harmful, ABSENT, NOW)).toEqual({ call: 'fresh', step: 'one' });
    expect(
      written(afterLook(sampleCommand(), harmful, { state: 'refused', reason: 'No.' }, NOW)),
    ).toMatchObject({
      state: 'refused',
      reason: 'No.',
    });
  });

  it('of a call with an unknown outcome is repeated after 10 s, and a minute after the call can still have waited', () => {
    const times = [NOW, NOW + 10_000, NOW + 30_000].map(
      (now) => written(afterLook(unknown(), harmful, ABSENT, now)).dueAt,
    );

    expect(times).toEqual([NOW + 10_000, LAST_LOOK, LAST_LOOK]);
  });

  it('for the last time leaves a person to decide where twice would harm', () => {
    expect(written(afterLook(unknown(), harmful, ABSENT, LAST_LOOK))).toMatchObject({ state: 'in_doubt' });
  });

  it('for the last time lets a call be made again that harms nobody, though another one of its command may', () => {
    const look: Look<string> = { state: 'absent', step: 'one', fresh: 'fresh', harmless: true };

    expect(afterLook(unknown(), harmful, look, LAST_LOOK)).toMatchObject({ call: 'fresh' });
  });

  it('for the last time lets the call be made again where twice is as once, twelve times in all', () => {
    const twelfth = { ...unknown(), tries: 12 };

    expect(afterLook(unknown(), harmless, ABSENT, LAST_LOOK)).toMatchObject({ call: 'fresh' });
    expect(written(afterLook(twelfth, harmless, ABSENT, LAST_LOOK))).toMatchObject({ state: 'failed' });
  });

  it('lets the call be made again at once, then after five minutes, a quarter of an hour, and each hour', () => {
    const until = (tries: number, now: number) =>
      written(afterLook({ ...unknown(), tries }, harmless, ABSENT, now)).dueAt;

    expect(afterLook(unknown(), harmless, ABSENT, LAST_LOOK)).toMatchObject({ call: 'fresh' });
    expect([2, 3, 4, 11].map((tries) => until(tries, LAST_LOOK))).toEqual([
      LAST_LOOK + 5 * 60_000,
      LAST_LOOK + 15 * 60_000,
      LAST_LOOK + 60 * 60_000,
      LAST_LOOK + 60 * 60_000,
    ]);
    expect(afterLook({ ...unknown(), tries: 2 }, harmless, ABSENT, LAST_LOOK + 300_000)).toMatchObject({
      call: 'fresh',
    });
  });

  it('lets a call that was not let in be made as soon as that may be, however many had no effect before', () => {
    const throttled = failure({ kind: 'retry-later', throttled: true, status: 429, retryAfterMs: 3000 });
    const fourth = { ...unknown(), tries: 4 };

    const turnedAway = afterFailedCall(fourth, throttled, NOW, half);

    expect(turnedAway).toMatchObject({ tries: 3, dueAt: NOW + 3000 });
    expect(afterLook(turnedAway, harmless, ABSENT, NOW + 3000)).toMatchObject({ call: 'fresh' });
  });

  it('that never shows what the platform answered with a success ends the command, and tells', () => {
    const called = answered(calling(sampleCommand(), { step: 'one' }, NOW), NOW);

    expect(written(afterLook(called, harmful, ABSENT, LAST_LOOK))).toMatchObject({
      state: 'done',
      seen: false,
    });
  });

  it('that never shows the first of several calls asks a person, because the others were not made', () => {
    const first = answered(calling(sampleCommand(), { step: 'one', more: true }, NOW), NOW);

    const ended = written(afterLook(first, harmless, ABSENT, LAST_LOOK));

    expect(ended).toMatchObject({
      state: 'in_doubt',
      reason: expect.stringContaining('calls that follow it were not made'),
    });
    expect(ended).not.toHaveProperty('seen');
  });

  it('that shows less than one before it leads to no second call', () => {
    const second = answered(
      calling(answered(calling(sampleCommand(), { step: 'one' }, NOW), NOW), { step: 'two' }, NOW),
      NOW,
    );

    expect(written(afterLook(second, harmful, ABSENT, NOW)).dueAt).toBe(NOW + 10_000);
  });
});

describe('a failed call', () => {
  it('that finds another call missing after each asks a person after fifty: something never shows as it was sent', () => {
    const step = (n: number): Look<string> => ({
      state: 'absent',
      step: `list as it is after ${n}`,
      fresh: 'x',
    });
    let command = sampleCommand();
    let calls = 0;
    for (let n = 0; n < 200 && command.state !== 'in_doubt'; n += 1) {
      const next = afterLook(command, harmful, step(n), NOW);
      if ('written' in next) command = next.written;
      else {
        calls += 1;
        command = answered(calling(command, next, NOW), NOW);
      }
    }

    expect([command.state, calls]).toEqual(['in_doubt', 51]);
    expect(command.reason).toContain('panel');
  });

  it('that names thousands of problems ends the command with those that an item has room for, and says how many', () => {
    const problems = Array.from({ length: 3000 }, (_, n) => ({
      pointer: `/variants/${n}/barcode`,
      code: 'platform-refused',
      detail: '\u20ac'.repeat(200),
    }));
    const look: Look<string> = { state: 'partly', reason: 'The platform refused some.', problems };

    const refused = written(afterLook(sampleCommand({ command: 'product' }), harmless, look, NOW));

    expect(refused.state).toBe('refused');
    expect(refused.reason).toContain('of 3000');
    expect(refused.problems?.[0]).toEqual(problems[0]);
    expect(
      itemBytes(itemOf({ platform: 'shop', storeId: 's', externalProductId: 'p' }, refused)),
    ).toBeLessThan(MAX_ITEM_BYTES);
  });

  it('that was not let in is not a try', () => {
    const begun = calling(sampleCommand(), { step: 'one' }, NOW);

    const waits = afterFailedCall(
      begun,
      failure({ kind: 'retry-later', throttled: true, retryAfterMs: 7000 }),
      NOW,
      half,
    );

    expect(waits).toMatchObject({ state: 'accepted', tries: 0, dueAt: NOW + 7000, failures: 0 });
  });

  it('that the platform refused ends the command, with what it says in its own words apart', () => {
    const begun = calling(sampleCommand(), { step: 'one' }, NOW);

    expect(
      afterFailedCall(begun, failure({ kind: 'refused', status: 422, said: 'nope' }), NOW, half),
    ).toMatchObject({
      state: 'refused',
      reason: 'orders.change was answered 422.',
      platformSays: 'nope',
    });
  });

  it('that was refused after one of which nobody knows is followed by a look, which may find its effect', () => {
    const again = calling(unknown(), { step: 'one' }, LAST_LOOK);
    const refused = afterFailedCall(again, failure({ kind: 'refused', status: 422 }), LAST_LOOK, half);

    expect(refused.state).toBe('running');
    expect(written(afterLook(refused, harmless, THERE, LAST_LOOK))).toMatchObject({ state: 'done' });
    expect(written(afterLook(refused, harmless, ABSENT, LAST_LOOK))).toMatchObject({
      state: 'refused',
      reason: 'orders.change was answered 422.',
    });
  });
});

describe('a command for which there is no slot', () => {
  const noSlot = (retryAfterMs: number) => failure({ kind: 'retry-later', throttled: true, retryAfterMs });
  const waits = (error: PlatformError, waited: number, random: number) =>
    Number(afterFailedLook(sampleCommand(), error, NOW + waited, () => random).dueAt) - NOW - waited;

  it('waits no shorter than there is none for', () => {
    expect(waits(noSlot(48_000), 0, 0.5)).toBe(48_000);
  });

  it('asks again within seconds at first, and more rarely the longer it has waited', () => {
    const minutes = [0, 1, 2, 60].map((waited) => waits(noSlot(500), waited * 60_000, 1));

    expect(minutes).toEqual([5_000, 15_000, 30_000, 60_000]);
  });

  it('is none that failed', () => {
    const command = sampleCommand({ failures: 2 });

    expect(afterFailedLook(command, noSlot(500), NOW, half)).toMatchObject({
      failures: 2,
      state: 'accepted',
    });
  });
});

describe('a command that is held because nobody may call', () => {
  const HOUR_MS = 3_600_000;
  const waits = (command: Command['command'], random: number) => {
    const now = NOW + HOUR_MS;
    const held = heldUntil(sampleCommand({ command }), now + 300_000, now, () => random);
    return Number(held.dueAt) - now;
  };

  it('comes back when somebody may, where it is an order’s', () => {
    expect([0, 0.9].map((random) => waits('dispatch', random))).toEqual([300_000, 300_000]);
  });

  it('comes back some time after that, the later the longer it has waited, where a catalogue may wait with it', () => {
    expect([0, 1].map((random) => waits('product', random))).toEqual([600_000, 900_000]);
  });
});

describe('the time that a command has', () => {
  const late = NOW + 1000;
  const short = { giveUpAt: late };

  it('is not lengthened by waiting', () => {
    expect(heldUntil(sampleCommand(short), NOW + 60_000, NOW, half).dueAt).toBe(late);
  });

  it('ends it as expired where no call was made, and in doubt where nobody can look for one', () => {
    const down = failure({ kind: 'retry-later' });

    expect(afterFailedLook(sampleCommand(short), down, late, half).state).toBe('expired');
    expect(afterFailedLook(unknown(short), down, LAST_LOOK, half).state).toBe('in_doubt');
    expect(afterFailedLook(unknown(short), down, late, half).state).toBe('running');
  });

  it('begins anew when a person wants it so, and steps that were seen stay done', () => {
    const doubted = { ...unknown(), state: 'in_doubt' as const, stepsSeen: ['one'] };

    const again = givenAgain(doubted, NOW + 5, NOW);

    expect(again).toMatchObject({ state: 'accepted', tries: 0, giveUpAt: NOW + 5, stepsSeen: ['one'] });
    expect(again).not.toHaveProperty('calledAt');
  });
});

describe('the commands of one order', () => {
  const of = (n: number, changes: Partial<Command> = {}) => sampleCommand({ n, ...changes });

  it('run in the order in which they came', () => {
    expect(nextOf([of(1), of(2)], NOW)).toMatchObject({ command: { n: 1 } });
  });

  it('wait behind one that waits', () => {
    expect(nextOf([of(1, { dueAt: NOW + 5 }), of(2, { command: 'note' })], NOW)).toEqual({ dueAt: NOW + 5 });
  });

  it.each(['ready', 'dispatch', 'deliver', 'cancel', 'items', 'customer'] as const)(
    'wait, as %s does, behind one that is in doubt',
    (command) => {
      const later = of(2, { command });

      expect(nextOf([of(1, { state: 'in_doubt' }), later], NOW)).toEqual({ dueAt: later.giveUpAt });
    },
  );

  it.each(['note', 'track', 'invoice', 'product'] as const)(
    'pass one that is in doubt, as %s does',
    (command) => {
      expect(nextOf([of(1, { state: 'in_doubt' }), of(2, { command })], NOW)).toMatchObject({
        command: { n: 2 },
      });
    },
  );

  it('expire in their time behind one that waits for longer', () => {
    const waits = of(1, { command: 'items', dueAt: NOW + 3_600_000 });
    const ready = of(2, { command: 'ready', giveUpAt: NOW + 60_000 });

    expect(nextOf([waits, ready], NOW)).toEqual({ dueAt: ready.giveUpAt });
    expect(nextOf([waits, ready], ready.giveUpAt)).toEqual({ command: ready });
  });

  it('expire behind one that is in doubt', () => {
    const over = of(2, { giveUpAt: NOW });

    expect(nextOf([of(1, { state: 'in_doubt' }), over], NOW)).toEqual({ command: over });
  });
});
