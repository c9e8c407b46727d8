import { isAlive } from '../lib/temporary-folder.ts';

/** A wish to end: by a signal, or because the process that started this one is gone. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Exit code of a process that was asked to end; undefined while it was not. */
  exitCode(): number | undefined;
  /** Stops listening. */
  release(): void;
}

/** By convention: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof EXIT_CODES;
/** A terminal and a parent may both pass one Ctrl-C on; a second one after this long (ms) means: end at once. */
const SAME_WISH_MS = 1500;
const PARENT_EVERY_MS = 250;
/** Set by `scripts/prepare.mjs`: its own process id. */
const STARTED_BY = 'ACOPIO_STARTED_BY';

/** Listens for whoever wants this process to end, from now on. */
export function listenForInterruption(): Interruption {
  const wish = new AbortController();
  let first: { at: number; code: number } | undefined;
  const interrupt = (code: number): void => {
    if (first !== undefined && Date.now() - first.at > SAME_WISH_MS) process.exit(code);
    first ??= { at: Date.now(), code };
    wish.abort(new Interrupted());
  };
  const listeners = (Object.keys(EXIT_CODES) as Signal[]).map(
    (name) => [name, () => interrupt(EXIT_CODES[name])] as const,
  );
  for (const [name, listener] of listeners) process.on(name, listener);
  const startedBy = Number(process.env[STARTED_BY]);
  // What a command of prepare.mjs starts by itself, as a test does, inherits its mark, and has another parent.
  const isOurs = startedBy > 0 && (process.ppid === startedBy || !isAlive(startedBy));
  const watch = isOurs
    ? setInterval(() => {
        if (process.ppid !== startedBy && first === undefined) interrupt(EXIT_CODES.SIGTERM);
      }, PARENT_EVERY_MS).unref()
    : undefined;
  return {
    signal: wish.signal,
    exitCode: () => first?.code,
    release() {
      for (const [name, listener] of listeners) process.off(name, listener);
      clearInterval(watch);
    },
  };
}

/** Somebody wants the process to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The work, or its end when the process is to end: what the work still does by then is nobody's concern. */
export async function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => {});
  const wish = Promise.withResolvers<never>();
  const stop = () => wish.reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, wish.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    wish.promise.catch(() => {});
  }
}
