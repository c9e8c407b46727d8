import { once } from 'node:events';

/**
 * Runs work that goes on until somebody ends it: by Ctrl-C, or by closing the pipe that it writes to. A second Ctrl-C ends
 * the process at once.
 */
export async function untilEnded<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const wish = new AbortController();
  const end = () => wish.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  process.stdout.on('error', end);
  try {
    return await work(wish.signal);
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    process.stdout.off('error', end);
  }
}

/** Writes a line, and waits where whoever reads them is slower. */
export async function writeLine(text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || process.stdout.write(`${text}\n`)) return;
  await once(process.stdout, 'drain', { signal }).catch(() => {});
}
