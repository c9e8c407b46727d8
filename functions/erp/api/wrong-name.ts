import { skipString } from '../../domain/json-text.ts';

const QUOTE = 34;
const COMMA = 44;
const LIST = 91;
const END_OF_LIST = 93;
const OBJECT = 123;
const END_OF_OBJECT = 125;

/** The name that reading by a schema leaves out without a word, where it takes names of the sender's. */
export const NO_NAME = '__proto__';

/** An object or a list that is not through. */
interface Open {
  /** Of an object: its names so far. */
  readonly names: Set<string> | undefined;
  /** Where it stands: the name that was read last, or the number of the element. */
  at: string | number;
}

/**
 * Where an object of a JSON document names a field for the second time, or calls one {@link NO_NAME}, from the outermost value
 * in; undefined where none does. A parser takes the last one without a word. One walk over the text, whatever stands in it.
 *
 * @param text valid JSON; the result means nothing otherwise, but the search ends
 */
export function wrongName(text: string): (string | number)[] | undefined {
  const open: Open[] = [];
  let inner: Open | undefined;
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      const end = skipString(text, at) - 1;
      if (isName && inner?.names !== undefined) {
        const name = nameIn(text, at, end);
        inner.at = name;
        if (inner.names.has(name)) return open.map((one) => one.at);
        inner.names.add(name);
      }
      isName = false;
      at = end;
    } else if (sign === COMMA) {
      isName = inner?.names !== undefined;
      if (typeof inner?.at === 'number') inner.at += 1;
    } else if (sign === OBJECT || sign === LIST) {
      isName = sign === OBJECT;
      inner = isName ? { names: new Set([NO_NAME]), at: '' } : { names: undefined, at: 0 };
      open.push(inner);
    } else if (sign === END_OF_OBJECT || sign === END_OF_LIST) {
      open.pop();
      inner = open.at(-1);
      isName = false;
    }
  }
  return undefined;
}

/** Two names that are written differently may be the same. */
function nameIn(text: string, start: number, end: number): string {
  const written = text.slice(start + 1, end);
  return written.includes('\\') ? String(JSON.parse(`"${written}"`)) : written;
}
