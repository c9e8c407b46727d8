import { describe, expect, it } from 'vitest';
import { place } from '../../ops/feed-place.ts';
import { time } from '../../ops/option-values.ts';

describe('a time in a command', () => {
  it.each([
    ['2026', '2026-01-01T00:00:00.000Z'],
    ['2026-11', '2026-11-01T00:00:00.000Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T12:00:00Z', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22T12:00:00.250Z', '2026-11-22T12:00:00.250Z'],
    ['2026-11-22 22:00-03:00', '2026-11-23T01:00:00.000Z'],
  ])('is ISO 8601, with its zone where it has an hour: %s', (text, at) => {
    expect(new Date(time(text)).toISOString()).toBe(at);
  });

  it.each([
    ['the 11th of December to whoever types it, and of November to JavaScript', '11/12/2026'],
    ['a week ago to whoever types it, and a day of 2001', '7'],
    ['a day that there is not', '2026-02-30'],
    ['a month that there is not', '2026-13-01'],
    ['an hour of nobody knows which zone', '2026-11-22T12:00:00'],
    ['no time', 'yesterday'],
  ])('is never guessed at: %s', (_, text) => {
    expect(() => time(text)).toThrow(/such as 2026-11-22 \(in UTC\)/);
  });

  it('names a place of the feed in the same way', () => {
    expect(place('2026-11-22')).toEqual({ time: Date.parse('2026-11-22T00:00:00Z') });
    expect(place('7')).toEqual({ after: 7 });
    expect(() => place('11/12/2026')).toThrow(/or a time such as/);
  });
});
