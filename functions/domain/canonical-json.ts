import { hash } from 'node:crypto';

/** SHA-256 (hex) of a JSON value, the same whatever order its keys were written in. */
export function contentHash(value: unknown): string {
  return hash('sha256', canonicalJson(value));
}

/** An array or object that is being written. */
interface Open {
  readonly values: readonly unknown[];
  /** Of an object: the names of its values, in the same order. */
  readonly names: readonly string[] | undefined;
  /** The value that is written next. */
  next: number;
}

/**
 * JSON with sorted keys, the same for values that are the same whatever order their keys were written in; absent and
 * `undefined` are the same. Stands any depth: JSON.stringify recurses, and what a platform sends may be nested deeper than
 * the stack.
 */
export function canonicalJson(value: unknown): string {
  let out = '';
  const open: Open[] = [];
  const write = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) out += JSON.stringify(one) ?? 'null';
    else {
      open.push(opened(one));
      out += Array.isArray(one) ? '[' : '{';
    }
  };
  write(value);
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const { values, names, next } = last;
    if (next === values.length) {
      out += names === undefined ? ']' : '}';
      open.pop();
      continue;
    }
    last.next += 1;
    if (next > 0) out += ',';
    if (names !== undefined) out += `${JSON.stringify(names[next])}:`;
    write(values[next]);
  }
  return out;
}

function opened(one: object): Open {
  if (Array.isArray(one)) return { values: one, names: undefined, next: 0 };
  const fields = one as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields)
    .filter((name) => fields[name] !== undefined)
    .sort();
  return { values: names.map((name) => fields[name]), names, next: 0 };
}
