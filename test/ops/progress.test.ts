import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openProgress } from '../../ops/progress.ts';

let said = '';
const wasTerminal = process.stderr.isTTY;
beforeEach(() => {
  said = '';
  vi.useFakeTimers();
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  process.stderr.isTTY = wasTerminal;
});

describe('long work', () => {
  it('shows on a terminal that it goes on, also while it has nothing new to say', () => {
    process.stderr.isTTY = true;
    const progress = openProgress({ quiet: false });

    progress.say('orders: 0 seen');
    vi.advanceTimersByTime(61_000);
    progress.end();
    vi.advanceTimersByTime(10_000);

    expect(said).toContain('orders: 0 seen (0 s) ...');
    expect(said).toContain('orders: 0 seen (1 min) ...');
    expect(said.endsWith('\r\x1b[K')).toBe(true);
  });

  it.each([
    ['in a pipe', false, false],
    ['with --json', true, true],
  ])('shows nothing %s', (_, isTerminal, quiet) => {
    process.stderr.isTTY = isTerminal;
    const progress = openProgress({ quiet });

    progress.say('orders: 0 seen');
    vi.advanceTimersByTime(61_000);
    progress.end();

    expect(said).toBe('');
  });
});
