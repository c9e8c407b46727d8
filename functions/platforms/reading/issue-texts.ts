import * as z from 'zod';

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

const keysOf = new WeakMap<z.core.$ZodType, ReadonlySet<string>>();

/** Every key that a schema names, at any depth. */
function keysIn(schema: z.core.$ZodType): ReadonlySet<string> {
  const known = keysOf.get(schema);
  if (known !== undefined) return known;
  const keys = new Set<string>();
  const seen = new Set<z.core.$ZodType>([schema]);
  // What is added while it is walked over is walked over as well.
  for (const one of seen) {
    if (one instanceof z.ZodObject) for (const key of Object.keys(one.shape)) keys.add(key);
    for (const inner of innerOf(one)) seen.add(inner);
  }
  keysOf.set(schema, keys);
  return keys;
}

/** The schemas that a schema is made of. */
const innerOf = (schema: z.core.$ZodType): z.core.$ZodType[] =>
  Object.values(schema._zod.def).flatMap((part: unknown) => {
    if (part instanceof z.ZodType) return [part];
    if (typeof part !== 'object' || part === null) return [];
    return Object.values(part).filter((one: unknown) => one instanceof z.ZodType);
  });
