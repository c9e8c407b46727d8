import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import { PERSON } from './kits.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What stands in the place of a value, by kind. Names of persons are kept apart: an id with one in it is still an id. */
const VALUES: Record<string, (random: SeededRandom) => Json> = {
  null: () => null,
  'an empty text': () => '',
  'a truth': () => true,
  'an empty list': () => [],
  'a long list': () => Array.from({ length: 500 }, () => null),
  'an empty object': () => ({}),
  'an operator': () => ({ $gt: '', $where: 'sleep(1)' }),
  'a negative number': () => -1,
  'a fraction': () => 0.1 + 0.2,
  'the largest number': () => Number.MAX_VALUE,
  'a number beyond what is exact': () => 2 ** 60,
  'digits without end': () => '9'.repeat(400),
  'a number in text': () => ' 0012,345.60-',
  'a path': () => '../../../etc/passwd',
  'a key with separators': () => 'a#row#b#',
  markup: () => '<script>alert(1)</script>',
  'an expression': () => `${'a'.repeat(3000)}!`,
  'spaces without end': () => ' '.repeat(20_000),
  'a date that is none': () => '2026-02-30T25:61:00Z',
  'a date far off': () => '9999-12-31T23:59:59Z',
  'a date before all': () => '-000001-01-01T00:00:00Z',
  'control characters': () => '\u0000\u0007\u001b[2J',
  'both directions': () => '\u202Eabc\u202C\u200B',
  'letters of four bytes': () => '👩‍👩‍👧‍👦'.repeat(200),
  'half a letter': () => '\uD800',
  noncharacter: () => 'a\uFFFE\uFFFF',
  'a prototype': () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}') as Json,
  'a text of a kilobyte': (random) => random.hex(1024),
  large: (random) => random.hex(500_000),
};

/** Fields that no name of a person is put into: ids and words of the platform may be logged. */
const LOGGED = /id$|^id|status|event|code|country|currency|sku/i;

/** A document with one to three of its values replaced, left out, or doubled in depth. */
export function spoil(random: SeededRandom, document: object): [spoiled: Json, what: string] {
  const copy = structuredClone(document) as { [key: string]: Json };
  const said: string[] = [];
  for (let change = random.int(1, 3); change > 0; change -= 1) said.push(spoilOne(random, copy));
  return [copy, said.join(' and ')];
}

function spoilOne(random: SeededRandom, root: { [key: string]: Json }): string {
  const places = placesIn(root);
  if (places.length === 0) return 'nothing left to change';
  const { owner, key } = random.pick(places);
  if (random.chance(0.15)) {
    Reflect.deleteProperty(owner, key);
    return `without ${key}`;
  }
  if (random.chance(0.15) && !LOGGED.test(key)) {
    Reflect.set(owner, key, `${PERSON} ${random.hex(4)}`);
    return `a person in ${key}`;
  }
  const [kind, value] = random.pick(Object.entries(VALUES));
  Reflect.set(owner, key, value(random));
  return `${kind} in ${key}`;
}

function placesIn(value: Json): { owner: object; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ owner: value, key }, ...placesIn(inner)]);
}

/** Bytes that are hardly a document any more. */
const TEXTS: Record<string, (random: SeededRandom, text: string) => string | Buffer> = {
  'as it is': (_, text) => text,
  'cut off': (random, text) => text.slice(0, random.int(0, text.length - 1)),
  'cut off in a name': (_, text) => `${text.slice(0, -1)},"name":"${PERSON}`,
  'no JSON': () => `name=${PERSON}&email=${PERSON}@planted.example`,
  'a page': () => `<html><body>${PERSON}</body></html>`,
  nothing: () => '',
  'a text alone': () => JSON.stringify(PERSON),
  'a number alone': () => '1e999',
  'a list': (_, text) => `[${text},${text}]`,
  'with a byte order mark': (_, text) => `\uFEFF${text}`,
  'with two byte order marks': (_, text) => `\uFEFF\uFEFF${text}`,
  'in UTF-16': (_, text) => Buffer.from(text, 'utf16le'),
  'in Latin-1': (_, text) => Buffer.from(`${text.slice(0, -1)},"name":"${PERSON} Ñ"}`, 'latin1'),
  'with the same key twice': (_, text) => `${text.slice(0, -1)},"id":[],"order_id":{},"store_id":0}`,
  'with a key of a prototype': (_, text) => text.replace('{', '{"__proto__":{"polluted":true},'),
  'nested deeply': (random) => '{"a":'.repeat(random.int(60, 5000)),
  'nested well': (random) => {
    const levels = random.int(30, 62);
    return `${'['.repeat(levels)}${']'.repeat(levels)}`;
  },
  'with spaces around it': (_, text) => `${' '.repeat(50_000)}${text}${'\n'.repeat(50_000)}`,
  'more than a megabyte': (_, text) => `${text.slice(0, -1)},"filler":"${'x'.repeat(1024 * 1024)}"}`,
  'a number with digits without end': (_, text) => `${text.slice(0, -1)},"total":${'9'.repeat(3000)}}`,
  'any bytes': (random) => Buffer.from(random.hex(2 * random.int(1, 400)), 'hex'),
  'one bit flipped': (random, text) => {
    const bytes = Buffer.from(text);
    const at = random.int(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(0, 7));
    return bytes;
  },
};

export function hostileText(random: SeededRandom, text: string): [body: Buffer, what: string] {
  const [what, make] = random.pick(Object.entries(TEXTS));
  return [Buffer.from(make(random, text) as string), what];
}
