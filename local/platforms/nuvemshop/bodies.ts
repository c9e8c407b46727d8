import * as z from 'zod';
import type { SimRequest } from '../simulator.ts';
import { ApiError, fail, invalid, invalidHybrid } from './errors.ts';

/** Which 422 body an endpoint answers a wrong field with. */
export type InvalidStyle = 'legacy' | 'hybrid';

/**
 * Reads the body of a write. Throws 415 for another content type, 400 for broken JSON, 422 by field for what the
 * schema refuses; a field that the platform does not know is refused too, because it would silently be ignored.
 */
export function readBody<Schema extends z.ZodType>(
  request: SimRequest,
  schema: Schema,
  style: InvalidStyle = 'legacy',
): z.infer<Schema> {
  const input = readJson(request);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw style === 'legacy'
    ? invalid(fieldsOf(parsed.error, input, 'path'))
    : invalidHybrid(fieldsOf(parsed.error, input, 'leaf'));
}

/** The JSON of a body, unchecked. An empty body is an empty object. Throws 415 and 400. */
export function readJson(request: SimRequest): unknown {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) throw fail(415, 'Content-Type should be application/json');
  if (request.body.length === 0) return {};
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new ApiError({ status: 400, body: { error: 'Problems parsing JSON' } });
  }
}

// The hybrid body names the field alone, wherever it stands.
function fieldsOf(error: z.ZodError, input: unknown, naming: 'path' | 'leaf'): Record<string, string[]> {
  const fields = new Map<string, string[]>();
  const nameOf = (path: readonly PropertyKey[]) =>
    (naming === 'path' ? path : path.filter((part) => typeof part === 'string').slice(-1))
      .map(String)
      .join('.') || 'body';
  const add = (name: string, message: string) => fields.set(name, [...(fields.get(name) ?? []), message]);
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) add(nameOf([...issue.path, key]), 'is not a known field');
      continue;
    }
    const name = nameOf(issue.path);
    const missing = valueAt(input, issue.path) === undefined;
    add(name, missing ? "can't be blank" : issue.message);
  }
  // A body may name a field after what every object has.
  return Object.fromEntries(fields);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

/** A number that may come as text. */
export const numeric = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)], 'must be a number');

/** An id that may come as text. */
export const idLike = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)], 'must be an id');

/** A text that may be null. */
export const nullableText = z.union([z.string(), z.null()]);

/** A text in all languages, or one text for all of them. */
export const localised = z.union([z.string(), z.record(z.string(), z.union([z.string(), z.null()]))]);
