import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { BucketError } from '../rate-limit/limits.ts';

/** Marks errors of ours in every file of a function: one that is loaded later has classes of its own. */
const OWN = Symbol.for('acopio/own-error');

/**
 * An error whose message we wrote: of ids, counts, states and what to do. It quotes nothing that came from outside, so it
 * may stand in a log. Of every other error the name alone may, because a parser quotes what it could not parse.
 */
export class OwnError extends Error {
  override readonly name: string = 'OwnError';

  get [OWN](): true {
    return true;
  }
}

/**
 * Whether an error is one of ours of this name. What a file of a function throws may be caught in another, where its class is
 * a class of the same name.
 */
export const isOwn = (error: unknown, name: string): boolean =>
  error instanceof Error && OWN in error && error.name === name;

/** As names and codes of errors are written; anything else may be a text from outside. */
const WORD = /^[A-Za-z][\w.$-]{0,63}$/;
const FIELD = /^[\w$-]{1,40}$/;

/** What may be said of an error in a log, a report or an answer: of one that is ours its message, else its name and codes. */
export function describeError(error: unknown): string {
  if (error instanceof Error && (OWN in error || error instanceof BucketError))
    return `${error.name}: ${error.message}`;
  if (error instanceof z.ZodError) return `ZodError: ${error.issues.slice(0, 5).map(issueText).join('; ')}`;
  if (!(error instanceof Error)) return 'something that is no error was thrown';
  const codes = codesOf(error);
  return codes.length === 0 ? nameOf(error) : `${nameOf(error)} (${codes.join(', ')})`;
}

/**
 * What may leave a function in an error's place. Lambda logs name, message, stack and own fields of whatever is thrown; this
 * keeps the name and the places in the code, and says of the rest what {@link describeError} says.
 */
export function withoutForeignText(error: unknown): Error {
  const safe = new OwnError(describeError(error));
  const name = nameOf(error);
  Object.defineProperty(safe, 'name', { value: name, enumerable: false });
  Object.defineProperty(safe, 'stack', {
    value: [`${name}: ${safe.message}`, ...placesOf(error)].join('\n'),
    enumerable: false,
  });
  return safe;
}

// Values may be personal; a path may hold a key from outside, where an object has any keys.
function issueText({ path, code }: z.core.$ZodIssue): string {
  const names = path.map((key) => (FIELD.test(String(key)) ? String(key) : '?'));
  return `${names.join('.') || 'the whole'}: ${code}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error && WORD.test(error.name) ? error.name : 'Error';
}

/** A code of the network or the file system; of AWS, the status and the id that its support asks for. */
function codesOf(error: Error): string[] {
  const code = 'code' in error && typeof error.code === 'string' && WORD.test(error.code) ? [error.code] : [];
  const metadata = '$metadata' in error ? awsMetadata().safeParse(error.$metadata).data : undefined;
  if (metadata === undefined) return code;
  const { httpStatusCode, requestId } = metadata;
  return [
    ...code,
    ...(httpStatusCode === undefined ? [] : [`HTTP ${httpStatusCode}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
}

const awsMetadata = lazily(() =>
  z.object({
    httpStatusCode: z.number().optional().catch(undefined),
    requestId: z
      .string()
      .regex(/^[\w-]{1,80}$/)
      .optional()
      .catch(undefined),
  }),
);

/** The lines of a stack behind its message, which may itself look like such lines. */
function placesOf(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const at = error.stack.indexOf(error.message);
  if (at === -1) return [];
  const rest = error.stack.slice(at + error.message.length).split('\n');
  return rest.filter((line) => /^ {4}at \S/.test(line)).slice(0, 10);
}
