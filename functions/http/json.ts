/** Written as an id is: `1e30` is an amount of something, and keeps its type. */
const INTEGER = /^-?\d+$/;

/**
 * Parses JSON without losing digits: an integer beyond 2^53 comes back as the string that was sent, everything else as
 * usual. Platform ids are 64-bit integers; `JSON.parse` alone would round them into another order's id.
 *
 * @throws SyntaxError when the text is not JSON, RangeError when it is nested too deeply for the stack.
 */
export function parseJson(text: string): unknown {
  const reviver = (_key: string, value: unknown, context: { source?: string }): unknown =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    context.source !== undefined &&
    INTEGER.test(context.source)
      ? context.source
      : value;
  // The third parameter is in V8 since Node 21; the library's types do not know it yet.
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** The JSON of UTF-8 bytes, read as `parseJson` reads it; undefined when they are none. Never throws. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
