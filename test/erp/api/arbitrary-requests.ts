import fc from 'fast-check';
import * as z from 'zod';
import { DOCUMENTED_BODIES } from '../../../functions/erp/api/documented-bodies.ts';
import type { Route } from '../../../functions/erp/api/route.ts';

/**
 * Requests made of what a route says of itself, so that a new route is tried as soon as it is in the table. Some are in
 * order, the others are wrong in some place.
 */

/** Stands in every text that a request carries, so that an answer which repeats one is noticed. */
export const PLANTED = 'Pl4nt3dP3rson';

/** A command that every client of the test has given. */
export const KNOWN_COMMAND = 'c-1';

/** The platform's id of a location that is known. */
export const KNOWN_LOCATION = 'L-known';

/** A SKU that is known. */
export const KNOWN_SKU = 'SKU-1';

/** Letters of one to four bytes, and some that mean something to somebody. */
const LETTERS = fc.constantFrom(...'abz019 .,:;#/%&=?+"\'\\<>{}[]$ñü\u0000\u2028', '🧉');

type JsonSchema = z.core.JSONSchema.BaseSchema;

const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'output' }) as JsonSchema;

/** Values that a schema takes, as far as it says so. */
function valid(schema: JsonSchema): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => valid(one as JsonSchema)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === 'integer' || schema.type === 'number') {
    const min = Number(schema.minimum ?? -1e6);
    const any = fc.integer({ min: Math.ceil(min), max: Math.min(Number(schema.maximum ?? 1e6), 1e6) });
    return fc.oneof(fc.constant(min), any);
  }
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'array')
    return fc.array(valid((schema.items ?? {}) as JsonSchema), {
      minLength: Number(schema.minItems ?? 0),
      maxLength: Math.min(Number(schema.maxItems ?? 5), 5),
    });
  if (schema.type === 'object') return validObject(schema);
  if (schema.type === 'string') return validText(schema);
  return fc.jsonValue();
}

/** What no schema says: values that mean something to the tables of the test. */
const MEANINGFUL: Readonly<Record<string, readonly unknown[]>> = {
  platform: ['shop', 'mall', 'shop', 'elsewhere'],
  after: ['head', 'oldest', PLANTED],
  path: ['items', 'items', 'people', 'taken', PLANTED],
  store: ['s', 's', 's', 's-2', PLANTED],
  sku: [KNOWN_SKU, KNOWN_SKU, PLANTED],
  currency: ['ARS'],
  videoUrl: ['https://example.com/video'],
  tags: [['a', 'b']],
  options: [[]],
  variants: [[{ sku: KNOWN_SKU }], [{ sku: KNOWN_SKU, price: '10.00' }]],
  images: [[{ src: 'https://example.com/a.jpg' }]],
  categories: [[{ id: '1' }], [{ path: ['A', 'B'] }]],
  name: ['Invented name', PLANTED],
  order: [[`shop:s:location:${KNOWN_LOCATION}`]],
};

function validObject({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(
    ([name, field]) =>
      [
        name,
        MEANINGFUL[name] === undefined ? valid(field as JsonSchema) : fc.constantFrom(...MEANINGFUL[name]),
      ] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: required });
}

/** What programs have in the place of no time, and the ends of what a time with its zone can say. */
const ODD_TIMES = [
  '0001-01-01T00:00:00Z',
  '0000-01-01T00:00:00+14:00',
  '1970-01-01T00:00:00Z',
  '2100-01-01T00:00:00Z',
  '9999-12-31T23:59:59-14:00',
];

function validText(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.format === 'date-time')
    return fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .date({ min: new Date('2001-01-01'), max: new Date('2026-11-22'), noInvalidDate: true })
          .map((date) => date.toISOString()),
      },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_TIMES) },
    );
  if (schema.format === 'email') return fc.constantFrom('invented@example.com', `${PLANTED}@example.com`);
  if (schema.pattern === '^[A-Z]{2}$') return fc.constantFrom('AR', 'BR');
  const most = Math.min(schema.maxLength ?? 40, 40);
  if (schema.pattern?.startsWith('^[A-Za-z0-9]'))
    return fc.oneof(fc.constant(KNOWN_COMMAND), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:~-]{0,20}$/));
  if (schema.pattern?.includes('product:'))
    return fc.constantFrom('shop:s:product:4', 'mall:m:product:4', `shop:s:product:${PLANTED}`);
  if (schema.pattern?.includes('location:'))
    return fc.constantFrom(
      ...Array.from({ length: 4 }, () => `shop:s:location:${KNOWN_LOCATION}`),
      `shop:s:location:${PLANTED}`,
    );
  if (schema.pattern?.includes('customer:'))
    return fc.constantFrom('shop:s:customer:5', 'shop:s:customer:5', `shop:s:customer:${PLANTED}`);
  if (schema.pattern?.startsWith('^[a-z][a-z0-9-]{1,30}:'))
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('shop:s:1', 'shop:s-2:2', 'mall:m:3') },
      {
        weight: 1,
        arbitrary: fc.string({ minLength: 1, maxLength: 40, unit: LETTERS }).map((id) => `shop:s:${id}`),
      },
    );
  return fc.string({ minLength: schema.minLength ?? 0, maxLength: most, unit: LETTERS });
}

/** What no schema expects in a place. */
const wrong: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    PLANTED,
    `${PLANTED}@example.com`,
    `../../${PLANTED}`,
    '\u0000',
    '\uD800',
    '2026-02-30T25:00:00Z',
    '-1',
    '1e999',
    'x'.repeat(9_000),
    -1,
    0.1,
    2 ** 60,
    [],
    {},
    [PLANTED],
    { [PLANTED]: PLANTED },
    JSON.parse('{"__proto__":{"polluted":true}}'),
  ),
  fc.jsonValue(),
);

/** A document with one field replaced, left out or added. */
const spoilt = (document: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(document, fc.nat(), fc.constantFrom('replace', 'remove', 'add'), wrong)
    .map(([value, at, how, bad]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad;
      const names = Object.keys(value);
      if (how === 'add' || names.length === 0) return { ...value, [PLANTED]: bad };
      const name = names[at % names.length] ?? '';
      const { [name]: _, ...rest } = value as Record<string, unknown>;
      return how === 'remove' ? rest : { ...rest, [name]: bad };
    });

const textOf = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(textOf).join(',')
    : typeof value === 'string'
      ? value
      : String(JSON.stringify(value));

export interface Drawn {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body?: string;
  /** Which of the tokens it carries: all scopes, none, a revoked one, none at all. */
  as: 'all' | 'none' | 'revoked' | 'nobody';
}

/** Requests to a route. */
export function requestsTo(route: Route): fc.Arbitrary<Drawn> {
  const mostly = (schema: z.ZodType): fc.Arbitrary<unknown> => {
    const good = valid(schemaOf(schema));
    return fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: spoilt(good) });
  };
  const path = mostly(route.parameters).map((values) => pathOf(route.path, values));
  const query = mostly(route.query).map((values) => queryOf(values));
  const body =
    route.body === undefined
      ? fc.constant(undefined)
      : bodies(mostly(DOCUMENTED_BODIES[route.operation] ?? route.body.schema));
  return fc.record({
    method: fc.oneof(
      { weight: 9, arbitrary: fc.constant<string>(route.method) },
      { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PUT', 'TRACE', 'post') },
    ),
    path,
    query,
    headers: headers(route.body !== undefined),
    as: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Drawn['as']>('all') },
      { weight: 1, arbitrary: fc.constantFrom<Drawn['as']>('none', 'revoked', 'nobody') },
    ),
    body,
  }) as fc.Arbitrary<Drawn>;
}

const bodies = (document: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 8, arbitrary: document.map((value) => JSON.stringify(value) ?? '') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', `{"${PLANTED}"`, '['.repeat(5_000), `"${PLANTED}"`, '\uFEFF{}'),
    },
    { weight: 1, arbitrary: fc.string().map((text) => text + PLANTED) },
  );

const headers = (hasBody: boolean): fc.Arbitrary<Record<string, string>> =>
  fc.record(
    {
      'content-type': fc.oneof(
        { weight: 9, arbitrary: fc.constant('application/json') },
        {
          weight: 1,
          arbitrary: fc.constantFrom('text/plain', PLANTED, '', 'application/json; charset=latin1'),
        },
      ),
      'idempotency-key': fc.oneof(
        { weight: 4, arbitrary: fc.uuid() },
        { weight: 1, arbitrary: fc.constantFrom('k-1', 'k-2', '', PLANTED.repeat(30), `a ${PLANTED}`) },
      ),
      'if-none-match': fc.constantFrom('*', '"a"', PLANTED, 'W/"'),
      'content-encoding': fc.constantFrom('identity', 'identity', 'identity', 'gzip', PLANTED),
    },
    { requiredKeys: hasBody ? ['content-type'] : [] },
  );

function pathOf(pattern: string, values: unknown): string {
  const given = (typeof values === 'object' && values !== null ? values : {}) as Record<string, unknown>;
  return pattern.replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => safely(textOf(given[name] ?? PLANTED)));
}

/** Half a letter is no path. */
const safely = (text: string): string => encodeURIComponent(text.toWellFormed());

const queryOf = (values: unknown): Record<string, string> =>
  typeof values === 'object' && values !== null
    ? Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value).toWellFormed()]))
    : { [PLANTED]: textOf(values).toWellFormed() };
