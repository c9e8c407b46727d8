import { asObject, type Json, type JsonObject } from '../json.ts';

/**
 * The size of an item in bytes, in the wire's notation. Text counts in UTF-8: dynalite counts its UTF-16 units and so takes
 * items that the service refuses. (Developer guide, "DynamoDB item sizes and formats".)
 */
export function itemSize(item: JsonObject): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(asObject(value)),
    0,
  );
}

function sizeOf(attribute: JsonObject): number {
  const [[type, value] = ['NULL', true]] = Object.entries(attribute);
  const list = Array.isArray(value) ? value : [];
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(value));
    case 'B':
      return Buffer.byteLength(String(value), 'base64');
    case 'N':
      return numberSize(String(value));
    case 'SS':
    case 'NS':
    case 'BS':
      return list.reduce<number>((sum, one) => sum + sizeOf({ [type.slice(0, 1)]: one }), 0);
    case 'L':
      return list.reduce<number>((sum, one: Json) => sum + 1 + sizeOf(asObject(one)), 3);
    case 'M':
      return 3 + Object.keys(asObject(value)).length + itemSize(asObject(value));
    default:
      return 1;
  }
}

/** About a byte for two digits, and one or two more. */
function numberSize(text: string): number {
  const [mantissa = ''] = text.replace(/^-/, '').split(/e/i);
  const digits = mantissa.replace('.', '').replace(/^0+|0+$/g, '');
  if (digits === '') return 1;
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
