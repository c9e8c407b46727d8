import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { askPlatform, readThemselves } from '../../../ops/page/view/search.ts';

/** The words that a shell makes of a command. */
const wordsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', `set -- ${command}; printf '%s\\n' "$@"`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');

describe('a command that is shown for what was not found', () => {
  it.each([
    ['a number as people write it', '#104'],
    ['several words', 'Ana Souza'],
    ['what a link put there', '1; echo taken #$(echo taken)'],
    ['a quote', "O'Brien"],
  ])('has one word of %s', (_, text) => {
    const missed = { merchant: 'demo', text };

    const words = [wordsOf(readThemselves(missed, false)), wordsOf(askPlatform(missed, 'nuvemshop'))];

    expect(words).toEqual([
      ['npx', 'acopio', '--merchant', 'demo', 'find', text, '--days', '30'],
      ['npx', 'acopio', '--merchant', 'demo', 'replay', `nuvemshop:${text}`, '--source', 'fresh'],
    ]);
  });
});
