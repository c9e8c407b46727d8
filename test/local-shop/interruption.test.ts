import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Interruption, listenForInterruption } from '../../local/interruption.ts';

/** Longer than it takes to look after the parent a few times (ms). */
const A_WHILE_MS = 1000;
let interruption: Interruption | undefined;

function listenStartedBy(pid: number): Interruption {
  vi.stubEnv('ACOPIO_STARTED_BY', String(pid));
  interruption = listenForInterruption();
  return interruption;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  interruption?.release();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe('a process that a command of the project started', () => {
  it('goes on while its parent is there', () => {
    const { signal } = listenStartedBy(process.ppid);

    vi.advanceTimersByTime(A_WHILE_MS);

    expect(signal.aborted).toBe(false);
  });

  it('ends where its parent is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const { signal, exitCode } = listenStartedBy(pid);

    vi.advanceTimersByTime(A_WHILE_MS);

    expect(signal.aborted).toBe(true);
    expect(exitCode()).toBe(143);
  });

  it('goes on where the mark that it inherited is of somebody else, who is there', () => {
    const { signal } = listenStartedBy(process.pid);

    vi.advanceTimersByTime(A_WHILE_MS);

    expect(signal.aborted).toBe(false);
  });
});
