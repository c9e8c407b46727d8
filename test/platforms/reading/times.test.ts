import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIsoTime, readZonedTime } from '../../../functions/platforms/reading/times.ts';

describe('times', () => {
  it.each([
    ['2026-11-22T12:00:00.123Z', '2026-11-22T12:00:00.123Z'],
    ['2026-11-22T12:00:00', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22 12:00', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22T12:00:00-0300', '2026-11-22T15:00:00.000Z'],
    ['2026-11-22T12:00:00.123456+03:00', '2026-11-22T09:00:00.123Z'],
    [' 2026-11-22t12:00:00z ', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22T12:00:00-03', '2026-11-22T15:00:00.000Z'],
    ['2026-11-22 12:00:00 UTC', '2026-11-22T12:00:00.000Z'],
    ['Sun, 22 Nov 2026 12:00:00 GMT', '2026-11-22T12:00:00.000Z'],
    ['Sun, 22 Nov 2026 12:00:00 -0300', '2026-11-22T15:00:00.000Z'],
    ['1795348800', '2026-11-22T12:00:00.000Z'],
    ['1795348800123', '2026-11-22T12:00:00.123Z'],
  ])('%s is %s', (text, iso) => {
    expect(readIsoTime(text)).toBe(iso);
  });

  it.each([
    '',
    'soon',
    '2026-11-22',
    '2026-13-01T00:00:00Z',
    '2026-11-22T25:00:00Z',
    '9999-12-31T23:59:59-12:00',
    '20261122T120000Z',
    '0',
    '17953488000',
    '22/11/2026 12:00:00',
    '2026-11-22 12:00:00 America/Sao_Paulo',
  ])('"%s" is none', (text) => {
    expect(readIsoTime(text)).toBeUndefined();
  });

  it('of any moment come back as they went', () => {
    const dates = fc.date({ min: new Date('1970-01-01'), max: new Date('9998-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(readIsoTime(date.toISOString())).toBe(date.toISOString());
      }),
    );
  });
});

describe('local times in a named zone', () => {
  it.each([
    ['2026-11-22 09:00:00.000000', 'America/Sao_Paulo', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22 12:00:00', 'Europe/Madrid', '2026-11-22T11:00:00.000Z'],
    // In summer, and right before and after the clocks change.
    ['2026-07-01 12:00:00', 'America/Santiago', '2026-07-01T16:00:00.000Z'],
    ['2026-03-29 01:30:00', 'Europe/Madrid', '2026-03-29T00:30:00.000Z'],
    ['2026-03-29 03:30:00', 'Europe/Madrid', '2026-03-29T01:30:00.000Z'],
  ])('%s of %s is %s', (local, zone, iso) => {
    expect(readZonedTime(local, zone)).toBe(iso);
  });

  it.each(['Hora local', '', '<b>', 'America/Nowhere'])('of "%s" are not guessed', (zone) => {
    expect(readZonedTime('2026-11-22 12:00:00', zone)).toBeUndefined();
  });

  it('that are no times are none', () => {
    expect(readZonedTime('soon', 'America/Sao_Paulo')).toBeUndefined();
  });
});
