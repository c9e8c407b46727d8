import { isObject, type Json, type JsonObject } from '../json.ts';

export type RecordFilter = (record: object) => boolean;

/** What a pattern says of one value; undefined: the record has none there. */
type Test = (value: Json) => boolean;

/**
 * Reads the filter patterns of an event source; a record passes when one of them matches. (Lambda guide, "Control which
 * events Lambda sends to your function".)
 *
 * @throws Error for a pattern that Lambda refuses, or that is not known here.
 */
export function compileFilter(patterns: readonly string[]): RecordFilter {
  const tests = patterns.map((pattern) => compile(parse(pattern), ''));
  return (record) => tests.length === 0 || tests.some((test) => test(record as JsonObject));
}

function parse(pattern: string): JsonObject {
  try {
    const read: unknown = JSON.parse(pattern);
    if (isObject(read)) return read;
  } catch {
    // Said below.
  }
  throw new Error(`the filter pattern ${pattern} is not a JSON object`);
}

/** An object of patterns: each of its names has to match; a list of values: one of them has to. */
function compile(pattern: Json, path: string): Test {
  if (Array.isArray(pattern)) {
    if (pattern.length === 0) throw new Error(`the filter pattern has an empty list at ${path}`);
    const tests = pattern.map((one) => compileValue(one, path));
    return (value) => tests.some((test) => test(value));
  }
  if (!isObject(pattern)) throw new Error(`the filter pattern has a value outside a list at ${path}`);
  const tests = Object.entries(pattern).map(([name, inner]) => {
    if (name.startsWith('$')) throw unknown(name, path);
    return { name, test: compile(inner, path === '' ? name : `${path}.${name}`) };
  });
  return (value) => tests.every(({ name, test }) => test(isObject(value) ? value[name] : undefined));
}

function compileValue(pattern: Json, path: string): Test {
  if (!isObject(pattern)) return ofEach((value) => value === pattern);
  const [[operator, argument] = ['', undefined], ...others] = Object.entries(pattern);
  if (others.length > 0) throw new Error(`the filter pattern has several operators in one object at ${path}`);
  switch (operator) {
    case 'exists':
      if (typeof argument !== 'boolean') break;
      return (value) => (value !== undefined && !isObject(value)) === argument;
    case 'prefix':
      if (typeof argument !== 'string') break;
      return ofEach((value) => typeof value === 'string' && value.startsWith(argument));
    case 'suffix':
      if (typeof argument !== 'string') break;
      return ofEach((value) => typeof value === 'string' && value.endsWith(argument));
    case 'equals-ignore-case':
      if (typeof argument !== 'string') break;
      return ofEach((value) => typeof value === 'string' && value.toLowerCase() === argument.toLowerCase());
    case 'anything-but': {
      const refused = isObject(argument)
        ? compileValue(argument, path)
        : compile(Array.isArray(argument) ? argument : [argument], path);
      return ofEach((value) => value !== undefined && !isObject(value) && !refused(value));
    }
    default:
      throw unknown(operator, path);
  }
  throw new Error(`the filter pattern's operator ${operator} has a wrong argument at ${path}`);
}

/** A list in the record, such as a set, matches when one of its members does. */
const ofEach =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) ? value.some(test) : test(value);

const unknown = (operator: string, path: string): Error =>
  new Error(
    `the local cloud does not know the operator ${operator} of a filter pattern (at ${path}); teach it in ` +
      'local/cloud/streams/filter.ts',
  );
