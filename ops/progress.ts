import { age } from './print.ts';

/** Tells whoever waits at a terminal how far long work has come. */
export interface Progress {
  say(text: string): void;
  end(): void;
}

const NOBODY_WAITS: Progress = { say: () => {}, end: () => {} };
const EVERY_MS = 1_000;

/**
 * Shows in one line how far long work has come and since when it goes on, on a terminal only: a pipe gets the result alone. The time
 * goes on where the work says nothing, as while it waits for a platform's limit.
 */
export function openProgress({ quiet }: { quiet: boolean }): Progress {
  if (quiet || process.stderr.isTTY !== true) return NOBODY_WAITS;
  const startedAt = Date.now();
  let shown = '';
  const draw = () => {
    if (shown !== '') process.stderr.write(`\r\x1b[K${shown} (${age(Date.now() - startedAt)}) ...`);
  };
  const timer = setInterval(draw, EVERY_MS);
  timer.unref();
  return {
    say(text) {
      shown = text;
      draw();
    },
    end() {
      clearInterval(timer);
      process.stderr.write('\r\x1b[K');
    },
  };
}

/** Shows what is done while it is done, as {@link openProgress} does. */
export async function showing<T>(text: string, quiet: boolean, work: () => Promise<T>): Promise<T> {
  const progress = openProgress({ quiet });
  progress.say(text);
  return work().finally(progress.end);
}
