import fc from 'fast-check';
import * as z from 'zod';

/** Texts as people and systems write them: empty, long, of every plane, with half a character, with a number in them. */
const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1.234',
    '1.234,50',
    '12,5',
    '1e16',
    'NaN',
    'null',
    '<b>x</b>',
    '__proto__',
  ),
  fc.constantFrom('👩‍👧‍👦', '🇦🇷', '\uFFFE', '\u202E', '\uD800', 'a\u0000b', 'Bogota\u0301', '**', "'); --"),
  fc.string({ maxLength: 20, unit: 'grapheme' }),
  fc.constant('x'.repeat(3000)),
);

const oddNumber = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.1,
    1.005,
    1e9,
    1e9 + 1,
    1e16,
    1e200,
    1e-200,
    2 ** 53,
    -(2 ** 53),
    0.30000000000000004,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 0, max: 100_000 }).map((cents) => cents / 100),
);

/** What no schema expects. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { value: null }),
  oddText,
  oddNumber,
  fc.jsonValue({ maxDepth: 2 }),
);

interface Grammar {
  /** Texts that a field may hold by its name: statuses, codes, times. */
  words?: Readonly<Record<string, fc.Arbitrary<unknown>>>;
  /** Fields that are never left out. */
  always?: readonly string[];
  /** How often out of a hundred a field holds what its schema does not expect. */
  oddPercent?: number;
}

/**
 * JSON that a schema takes, with now and then a field that it does not: left out, null, of another type, or of the right type
 * and out of all bounds. A grammar made of the schema grows with it.
 */
export function grammarOf(schema: z.core.$ZodType, grammar: Grammar = {}, name = ''): fc.Arbitrary<unknown> {
  const own = grammar.words?.[name] ?? plain(schema, grammar, name);
  const { oddPercent = 2 } = grammar;
  return fc.oneof({ arbitrary: own, weight: 100 - oddPercent }, { arbitrary: odd, weight: oddPercent });
}

function plain(schema: z.core.$ZodType, grammar: Grammar, name: string): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return plain(schema.unwrap(), grammar, name);
  if (schema instanceof z.ZodPipe)
    // What is prepared before it is read is sent as the schema behind wants it.
    return plain(schema.in instanceof z.ZodTransform ? schema.out : schema.in, grammar, name);
  if (schema instanceof z.ZodCatch) return plain(schema.unwrap(), grammar, name);
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape as Record<string, z.core.$ZodType>).map(([key, field]) => [
      key,
      grammarOf(field, grammar, key),
    ]);
    const requiredKeys = Object.keys(schema.shape).filter((key) => grammar.always?.includes(key));
    return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys });
  }
  if (schema instanceof z.ZodArray)
    return fc.array(grammarOf(schema.element, grammar, name), { maxLength: 4 });
  if (schema instanceof z.ZodRecord)
    return fc.dictionary(oddText, grammarOf(schema.valueType, grammar, name), { maxKeys: 3 });
  if (schema instanceof z.ZodUnion)
    return fc.oneof(...schema.options.map((option) => plain(option, grammar, name)));
  if (schema instanceof z.ZodString) return fc.oneof(oddText, fc.string({ maxLength: 12 }));
  if (schema instanceof z.ZodNumber) return oddNumber;
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  return odd;
}

/** How many generated payloads a test tries: a short share, or what `GENERATED_PAYLOADS` says. */
export const payloadCount = (): number => Number(process.env.GENERATED_PAYLOADS ?? 200);
