import { fstatSync, readSync, type Stats } from 'node:fs';
import { OperatorError } from './outputs.ts';

const STDIN = 0;
/** The first bytes of a file show whether it holds an object. */
const PEEK_BYTES = 64;

/**
 * Sees to it that credentials on the standard input of a `connect` that does not read them are not passed over in silence. Nothing
 * is taken from it: it may be what the loop of a shell reads, in which the command stands.
 *
 * @param say told where nobody can know what is there without taking it, as of a pipe
 * @throws OperatorError where it is a file with a JSON object
 */
export function checkUnread(say: (line: string) => void, fd: number = STDIN): void {
  const input = statOf(fd);
  if (input === undefined) return;
  if (input.isFile() && input.size > 0 && beginsObject(fd))
    throw new OperatorError(
      'The standard input holds a JSON object, and credentials are read from it only with --from-stdin. Nothing was done.',
    );
  if (input.isFIFO() || input.isSocket() || (input.isFile() && input.size > 0))
    say('The standard input was not read. Where it holds credentials, add --from-stdin.');
}

/** Undefined where it is closed. */
function statOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}

/** A read at a place of its own leaves the file where it stands. */
function beginsObject(fd: number): boolean {
  const bytes = Buffer.alloc(PEEK_BYTES);
  const count = readSync(fd, bytes, 0, PEEK_BYTES, 0);
  return /^\uFEFF?\s*\{/.test(bytes.toString('utf8', 0, count));
}
