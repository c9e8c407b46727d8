const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const [LIST, END_OF_LIST] = [91, 93];
const [OBJECT, END_OF_OBJECT] = [123, 125];

/** An object or a list that is not through. */
interface Open {
  /** Of an object: its names so far. */
  readonly names: Names | undefined;
  /** Where it stands: the name that was read last, or the number of the element. */
  at: string | number;
}

/** Up to here a list of names is searched faster than a set is made. */
const FEW = 12;

class Names {
  private readonly few: string[] = [];
  private many: Set<string> | undefined;

  /** Answers whether it was there before. */
  add(name: string): boolean {
    if (this.many !== undefined) {
      const before = this.many.size;
      return this.many.add(name).size === before;
    }
    if (this.few.includes(name)) return true;
    this.few.push(name);
    if (this.few.length > FEW) this.many = new Set(this.few);
    return false;
  }
}

/**
 * Where an object of a JSON document names a field for the second time, from the outermost value in; undefined where none
 * does. A parser takes the last one without a word. One walk over the text, whatever stands in it.
 *
 * @param text valid JSON; the result means nothing otherwise, but the search ends
 */
export function twiceNamed(text: string): (string | number)[] | undefined {
  const open: Open[] = [];
  let inner: Open | undefined;
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      const end = endOfText(text, at);
      if (isName && inner?.names !== undefined) {
        inner.at = nameIn(text, at, end);
        if (inner.names.add(inner.at)) return open.map((one) => one.at);
      }
      isName = false;
      at = end;
    } else if (sign === COMMA) {
      isName = inner?.names !== undefined;
      if (typeof inner?.at === 'number') inner.at += 1;
    } else if (sign === OBJECT || sign === LIST) {
      isName = sign === OBJECT;
      inner = isName ? { names: new Names(), at: '' } : { names: undefined, at: 0 };
      open.push(inner);
    } else if (sign === END_OF_OBJECT || sign === END_OF_LIST) {
      open.pop();
      inner = open.at(-1);
      isName = false;
    }
  }
  return undefined;
}

/** Where the text that begins here ends: its closing quote. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
  return text.length;
}

/** Two names that are written differently may be the same. */
function nameIn(text: string, start: number, end: number): string {
  const written = text.slice(start + 1, end);
  return written.includes('\\') ? String(JSON.parse(`"${written}"`)) : written;
}
