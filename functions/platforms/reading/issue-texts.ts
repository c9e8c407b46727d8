import type * as z from 'zod';
import { keysIn } from '../../domain/schema-keys.ts';

const MAX_NAMED = 5;

/**
 * Names what a schema found wrong: paths and types, never values. A key that the schema does not name is the sender's own,
 * and may be anything, a person's name too: it is written as `*`.
 *
 * @param schema the one that found it; absent for what our own side wrote, whose keys may be named
 */
export function describe(issues: readonly z.core.$ZodIssue[], schema?: z.core.$ZodType): string {
  const named = issues.slice(0, MAX_NAMED).map((issue) => textOfIssue(issue, schema));
  const text = named.join('; ');
  return issues.length > MAX_NAMED ? `${text}; and ${issues.length - MAX_NAMED} more` : text;
}

/** The same of one of them. */
export function textOfIssue(issue: z.core.$ZodIssue, schema?: z.core.$ZodType): string {
  // The message would quote them.
  const quotes = schema !== undefined && issue.code === 'unrecognized_keys';
  const message = quotes ? 'has keys that are not known here' : issue.message;
  return `${pathText(issue.path, schema && keysIn(schema))}: ${message}`;
}

function pathText(path: readonly PropertyKey[], known: ReadonlySet<string> | undefined): string {
  const nameOf = (key: string) => (known === undefined || known.has(key) ? key : '*');
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${nameOf(String(key))}`)).join('');
  return text === '' ? 'the whole' : text.replace(/^\./, '');
}
