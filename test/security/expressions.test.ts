import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readMoney } from '../../functions/domain/money.ts';
import { parseJson, retryAfterMs } from '../../functions/http/answer.ts';
import { errorBody } from '../../functions/platforms/nuvemshop/client/call.ts';
import { readIsoTime } from '../../functions/platforms/reading/times.ts';
import { attacksOn, expressionsInFunctions } from './expressions.ts';

const MIB = 1024 * 1024;
/** One pass over 1 MiB takes 1 to 20 ms; what begins anew at each character takes minutes. */
const MOST_MS = 250;

/**
 * Expressions that take longer than that for 1 MiB, and never see so much: their owner cuts the text before, to so many
 * characters. Measured by its length below.
 */
const CUT_BEFORE: Record<string, { most: number; by: string }> = {
  '0+$': { most: 32, by: 'numberBytes() in functions/storage/dynamodb.ts: the digits of one number' },
  '[^\\s"\'<>@]+@[^\\s"\'<>]+': { most: 1200, by: 'shown() in functions/platforms/nuvemshop/client/call.ts' },
};

/** CPU time of this process (ms): what other processes do meanwhile takes nothing off it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs an expression over a text, and gives up on it after a while: V8 stops it in the middle. */
function measure(pattern: string, flags: string, text: string, patienceMs = 2 * MOST_MS): number {
  const began = cpuMs();
  const work = flags.includes('g')
    ? 'text.replace(new RegExp(pattern, flags), "")'
    : 'new RegExp(pattern, flags).test(text)';
  try {
    runInNewContext(work, { pattern, flags, text }, { timeout: patienceMs });
  } catch {
    // Stopped by the clock; that the machine was busy says nothing of the expression.
    const used = cpuMs() - began;
    return used > MOST_MS ? Number.POSITIVE_INFINITY : measure(pattern, flags, text, 4 * patienceMs);
  }
  return cpuMs() - began;
}
/** The quickest of a few: this process may have collected its garbage meanwhile. */
function quickest(tries: number, work: () => number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let n = 0; n < tries && best > MOST_MS; n += 1) best = Math.min(best, work());
  return best;
}

const SAMPLE = 64 * 1024;
/** The longest that an expression takes with any text of a size: all are tried with a sample, and the worst two whole. */
function worst(pattern: string, flags: string, size: number): { ms: number; text: string } {
  const tried = [];
  for (const attack of attacksOn(pattern)) {
    const text = attack(Math.min(size, SAMPLE));
    const ms = measure(pattern, flags, text);
    tried.push({ attack, ms });
    if (ms > MOST_MS && measure(pattern, flags, text) > MOST_MS) break;
  }
  const slowest = tried.sort((one, other) => other.ms - one.ms).slice(0, 2);
  return slowest
    .map(({ attack }) => {
      const text = attack(size);
      return { text: `${text.slice(0, 12)}...`, ms: quickest(3, () => measure(pattern, flags, text)) };
    })
    .reduce((most, one) => (one.ms > most.ms ? one : most));
}

const unique = [
  ...new Map(expressionsInFunctions().map((one) => [`/${one.pattern}/${one.flags}`, one])).entries(),
];

describe('every regular expression of the functions', () => {
  it('is found', () => {
    expect(unique.length).toBeGreaterThan(30);
  });

  it.each(unique)('%s takes no more than one pass over a text that was written against it', (_name, one) => {
    const { pattern, flags, file } = one;

    const { ms, text } = worst(pattern, flags, CUT_BEFORE[pattern]?.most ?? MIB);

    expect(ms, `${file}, with ${text}`).toBeLessThan(MOST_MS);
  });

  it.each([
    ['an address that is looked for behind each character again', '[^\\s"\'<>]+@[^\\s"\'<>]+', 'g'],
    ['a bracket whose end is looked for from each bracket', '<([^>]*)>\\s*;[^,]*\\brel="?next"?', 'i'],
    ['a repetition of a repetition', '^(a+)+$', ''],
  ])('would be caught as one that is not: %s', (_what, pattern, flags) => {
    expect(worst(pattern, flags, MIB).ms).toBeGreaterThan(MOST_MS);
  });

  it('is on the list of those that are cut before only while it is there', () => {
    const patterns = unique.map(([, { pattern }]) => pattern);

    for (const pattern of Object.keys(CUT_BEFORE)) expect(patterns).toContain(pattern);
  });
});

const bytes = (json: unknown) => Buffer.from(JSON.stringify(json));
/** What reads texts from outside with more than one expression, with the worst that it may be handed. */
const READERS: [name: string, read: () => unknown][] = [
  ['an error body of letters', () => errorBody(bytes({ description: 'a'.repeat(MIB) }))],
  [
    'an error body below its bound, all of it one word',
    () => errorBody(bytes({ description: 'a'.repeat(65_000) })),
  ],
  ['an error body of at signs', () => errorBody(bytes({ description: 'a@'.repeat(32_000) }))],
  ['an error body of digits', () => errorBody(bytes({ description: '1 -'.repeat(21_000) }))],
  [
    'an error body with many fields',
    () =>
      errorBody(
        bytes(Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`f${n}`, ['a@'.repeat(5)]]))),
      ),
  ],
  ['a number of 1 MiB', () => parseJson('9'.repeat(MIB))],
  ['an amount of 1 MiB', () => readMoney('1,000'.repeat(MIB / 5), 'ARS')],
  ['a time of 1 MiB', () => readIsoTime(`2026-11-22T10:00:00${' '.repeat(MIB)}x`)],
  ['a Retry-After of 1 MiB', () => retryAfterMs(`1.${'0'.repeat(MIB)}x`, 0)],
];

describe('what reads texts from outside', () => {
  it.each(READERS)('is done with %s in no time', (_what, read) => {
    const ms = quickest(3, () => {
      const began = cpuMs();
      read();
      return cpuMs() - began;
    });

    expect(ms).toBeLessThan(MOST_MS);
  });
});
