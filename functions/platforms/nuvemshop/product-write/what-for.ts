import type { Call } from '../client/call.ts';
import { OUR_NAMES } from './problems.ts';
import { sameTexts } from './shown.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What a write is for, for people. Of what is changed only the fields that differ are named, as far as it was read.
 *
 * @param product as it was read before; undefined where nobody read it
 */
export function whatFor({ operation, body }: Call, product: Json | undefined): string {
  const sent = objectIn(body);
  switch (operation) {
    case 'products.create':
      return `the product with ${counted(listIn(sent.variants).length, 'variant')}${
        sent.images === undefined ? '' : ` and ${counted(listIn(sent.images).length, 'image')}`
      }`;
    case 'products.update':
      return fieldsOf([[sent, product]]);
    case 'variants.create':
      return `variant ${String(sent.sku)}`;
    case 'variants.update':
      return `${fieldsOf([[sent, variantsIn(product).find(({ sku }) => sku === sent.sku)]])} of variant ${String(sent.sku)}`;
    case 'variants.updateMany': {
      const patches = listIn(body).map(objectIn);
      const there = new Map(variantsIn(product).map((one) => [String(one.id), one]));
      const pairs = patches.map(({ id, ...patch }): Pair => [patch, there.get(String(id))]);
      return `${fieldsOf(pairs)} of ${counted(patches.length, 'variant')}`;
    }
    case 'variants.delete':
      return 'a variant that is not wanted any more';
    case 'images.add':
      return `image ${fileIn(sent)}`;
    case 'images.delete':
      return 'an image that is not wanted any more';
    case 'categories.create':
      return `category "${textIn(sent.name)}"`;
    case 'customFields.create':
      return `custom field "${textIn(sent.name)}"`;
    case 'customFields.update':
      return 'what a custom field lets choose from';
    case 'customFields.setValues':
      return `${counted(listIn(body).length, 'custom field')} of a variant`;
    default:
      return operation;
  }
}

/** What is sent, and what is there. */
type Pair = readonly [sent: Json, there: Json | undefined];

/** The fields that differ in any of them; all that are sent where none does. */
function fieldsOf(pairs: readonly Pair[]): string {
  const names = (isMeant: (name: string, pair: Pair) => boolean) => [
    ...new Set(
      pairs.flatMap((pair) =>
        Object.entries(pair[0]).flatMap(([name, value]) =>
          value !== undefined && isMeant(name, pair) ? [OUR_NAMES[name] ?? name] : [],
        ),
      ),
    ),
  ];
  const differing = names((name, [sent, there]) => there === undefined || !isSame(there[name], sent[name]));
  return (differing.length > 0 ? differing : names(() => true)).join(', ');
}

/** Numbers come as texts, and one text comes by language. */
function isSame(shown: unknown, sent: unknown): boolean {
  if (sent === null) return (shown ?? null) === null;
  if (Array.isArray(sent))
    return (
      Array.isArray(shown) && shown.length === sent.length && sent.every((one, at) => isSame(shown[at], one))
    );
  if (typeof sent === 'string' && typeof shown === 'string')
    return shown === sent || (sent !== '' && shown !== '' && Number(shown) === Number(sent));
  if (typeof sent === 'string' || (typeof sent === 'object' && sent !== undefined))
    return sameTexts(idOf(shown), texts(sent));
  return String(idOf(shown)) === String(sent);
}

/** A category is shown as an object, and sent as its id. */
const idOf = (shown: unknown): unknown => objectIn(shown).id ?? shown;
const texts = (value: unknown): string | Record<string, string> =>
  typeof value === 'string'
    ? value
    : Object.fromEntries(Object.entries(objectIn(value)).map(([name, one]) => [name, String(one)]));

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objectIn = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
const variantsIn = (product: Json | undefined): readonly Json[] => listIn(product?.variants).map(objectIn);
const textIn = (value: unknown): string =>
  typeof value === 'string' ? value : String(Object.values(objectIn(value))[0] ?? '');

/** The file's name; an address may be long, or hold what lets somebody in. */
const fileIn = ({ filename, src }: Json): string =>
  String(filename ?? '') ||
  (String(src ?? '')
    .split(/[?#]/)[0]
    ?.split('/')
    .at(-1) ??
    '');
