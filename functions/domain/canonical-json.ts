import { createHash } from 'node:crypto';

/** SHA-256 (hex) of a JSON value, the same whatever order its keys were written in. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

interface Written {
  text: string;
}
interface Pending {
  value: unknown;
}

/**
 * JSON with sorted keys, the same for values that are the same whatever order their keys were written in; absent and
 * `undefined` are the same. Stands any depth: JSON.stringify recurses, and what a platform sends may be nested deeper than
 * the stack.
 */
export function canonicalJson(value: unknown): string {
  const out: string[] = [];
  const stack: (Written | Pending)[] = [{ value }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if ('text' in next) out.push(next.text);
    else stack.push(...partsOf(next.value).reverse());
  }
  return out.join('');
}

function partsOf(value: unknown): (Written | Pending)[] {
  if (Array.isArray(value)) {
    return [
      { text: '[' },
      ...separated(value.map((element: unknown) => [{ value: element }])),
      { text: ']' },
    ];
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [{ text: `${JSON.stringify(key)}:` }, { value: field }]);
    return [{ text: '{' }, ...separated(fields), { text: '}' }];
  }
  return [{ text: JSON.stringify(value) ?? 'null' }];
}

const separated = (items: (Written | Pending)[][]): (Written | Pending)[] =>
  items.flatMap((item, index) => (index === 0 ? item : [{ text: ',' }, ...item]));
