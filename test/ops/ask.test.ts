import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askHidden } from '../../ops/ask.ts';

afterEach(() => vi.restoreAllMocks());

/** Somebody at the keyboard. */
function keyboard() {
  const keys = new PassThrough();
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(keys as unknown as typeof process.stdin);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return keys;
}

describe('a question that is left unanswered', () => {
  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('by %s says what became of it', async (_, key) => {
    const keys = keyboard();

    const answer = askHidden('token: ');
    keys.write(key);

    await expect(answer).rejects.toMatchObject({
      message: 'Broken off at the question: nothing of what it asks was done.',
      exit: 2,
    });
  });
});
