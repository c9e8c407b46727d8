import { createHash } from 'node:crypto';

/**
 * An id for a record that has none: `synthetic-` and the SHA-256 (hex) of its canonical JSON, so that the same record
 * always meets the same row, in whatever order its keys come. Text (a record that cannot be parsed) is hashed as it is.
 */
export function syntheticId(record: unknown): string {
  const text = typeof record === 'string' ? record : canonicalJson(record);
  return `synthetic-${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

interface Written {
  text: string;
}
interface Pending {
  value: unknown;
}

// JSON.stringify recurses, and a record may be nested deeper than the stack.
function canonicalJson(record: unknown): string {
  const out: string[] = [];
  const stack: (Written | Pending)[] = [{ value: record }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if ('text' in next) out.push(next.text);
    else stack.push(...parts(next.value).reverse());
  }
  return out.join('');
}

function parts(value: unknown): (Written | Pending)[] {
  if (Array.isArray(value)) {
    const elements = value.flatMap((element: unknown) => [{ text: ',' }, { value: element }]);
    return [{ text: '[' }, ...elements.slice(1), { text: ']' }];
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, field]) => [{ text: `,${JSON.stringify(key)}:` }, { value: field }]);
    const [first, ...rest] = fields;
    const opening = first !== undefined && 'text' in first ? [{ text: first.text.slice(1) }, ...rest] : [];
    return [{ text: '{' }, ...opening, { text: '}' }];
  }
  return [{ text: JSON.stringify(value) ?? 'null' }];
}
