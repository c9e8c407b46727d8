import { describe, expect, it } from 'vitest';
import type { Found } from '../../functions/storage/command-item.ts';
import { judgedCommands } from '../../ops/doctor/way-back-findings.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const MINUTE_MS = 60_000;
const BOUNDS = { now: NOW, lateMs: 15 * MINUTE_MS };

const command = (state: Found['command']['state'], minutesAgo = 1) =>
  ({ key: {}, command: { state, acceptedAt: NOW - minutesAgo * MINUTE_MS } }) as unknown as Found;

describe('what doctor says of commands', () => {
  it('is fine where all under way are young', () => {
    expect(judgedCommands([command('accepted'), command('running', 15)], BOUNDS)).toEqual([
      { level: 'green', what: 'commands', why: 'none waits for a person' },
    ]);
  });

  it('is red where nobody knows whether some happened', () => {
    expect(judgedCommands([command('in_doubt'), command('in_doubt')], BOUNDS)).toEqual([
      expect.objectContaining({
        level: 'red',
        why: expect.stringMatching(/^of 2 nobody knows/) as string,
        command: 'commands list',
      }),
    ]);
  });

  it('names those that ended without an effect, by a failure or by their time', () => {
    expect(judgedCommands([command('failed'), command('expired')], BOUNDS)).toEqual([
      expect.objectContaining({ level: 'yellow', why: '2 had no effect and ended within the last day' }),
    ]);
  });

  it('names those that wait for too long, and the first of them', () => {
    expect(
      judgedCommands([command('accepted', 16), command('running', 40), command('accepted', 2)], BOUNDS),
    ).toEqual([
      expect.objectContaining({
        level: 'yellow',
        why: '2 wait for longer than they should, the first since 2026-11-22T11:20:00.000Z',
      }),
    ]);
  });

  it('says each of several things', () => {
    const findings = judgedCommands(
      [command('in_doubt'), command('failed'), command('accepted', 60)],
      BOUNDS,
    );

    expect(findings.map(({ level }) => level)).toEqual(['red', 'yellow', 'yellow']);
  });
});
