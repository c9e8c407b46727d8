/** Values by name, as an item's attributes or an expression's placeholders. */
export type Attributes = Record<string, unknown>;

type Operand =
  | { is: 'path'; path: string[] }
  | { is: 'value'; name: string }
  | { is: 'size'; path: string[] }
  | { is: 'if-not-exists'; path: string[]; otherwise: Operand }
  | { is: 'sum'; left: Operand; right: Operand; sign: 1 | -1 };
export type Condition =
  | { is: 'and' | 'or'; left: Condition; right: Condition }
  | { is: 'not'; of: Condition }
  | { is: 'exists'; path: string[]; wanted: boolean }
  | { is: 'begins-with'; of: Operand; start: Operand }
  | { is: 'compare'; sign: string; left: Operand; right: Operand }
  | { is: 'between'; of: Operand; low: Operand; high: Operand }
  | { is: 'in'; of: Operand; list: Operand[] };
export type Action =
  | { is: 'set'; path: string[]; to: Operand }
  | { is: 'remove'; path: string[] }
  | { is: 'add'; path: string[]; by: Operand };

const TOKEN = /\s*(<=|>=|<>|[=<>(),+-]|[:#]?[A-Za-z_][\w]*(?:\.[#]?[A-Za-z_]\w*)*)/y;

/** Reads one expression token by token; what it does not know is an error, never skipped. */
class Reader {
  readonly #tokens: string[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const from = TOKEN.lastIndex;
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined)
        throw new Error(`cannot read "${text.slice(from)}" in the expression "${text}"`);
      this.#tokens.push(token);
    }
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  next(): string {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Takes the next token if it is this word, in any case. */
  took(word: string): boolean {
    if (this.peek().toUpperCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  expect(word: string): void {
    if (!this.took(word)) throw new Error(`"${word}" is missing before "${this.peek()}" in "${this.#text}"`);
  }

  path(): string[] {
    const token = this.next();
    if (!/^[#A-Za-z_]/.test(token)) throw new Error(`"${token}" is no attribute path in "${this.#text}"`);
    return token.split('.');
  }

  list<T>(one: () => T): T[] {
    const items = [one()];
    while (this.took(',')) items.push(one());
    return items;
  }
}

const cached = <T>(read: (reader: Reader) => T) => {
  const known = new Map<string, T>();
  return (text: string): T => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const reader = new Reader(text);
    const made = read(reader);
    if (!reader.done) throw new Error(`"${reader.peek()}" is too much in the expression "${text}"`);
    known.set(text, made);
    return made;
  };
};

/** The tree of a condition, filter or key condition expression. */
export const parseCondition = cached(anyOf);
/** The actions of an update expression. */
export const parseUpdate = cached(actions);

function anyOf(reader: Reader): Condition {
  const left = allOf(reader);
  return reader.took('OR') ? { is: 'or', left, right: anyOf(reader) } : left;
}

function allOf(reader: Reader): Condition {
  const left = one(reader);
  return reader.took('AND') ? { is: 'and', left, right: allOf(reader) } : left;
}

function one(reader: Reader): Condition {
  if (reader.took('NOT')) return { is: 'not', of: one(reader) };
  if (reader.took('(')) {
    const inside = anyOf(reader);
    reader.expect(')');
    return inside;
  }
  for (const [name, wanted] of [
    ['ATTRIBUTE_EXISTS', true],
    ['ATTRIBUTE_NOT_EXISTS', false],
  ] as const) {
    if (reader.took(name)) return { is: 'exists', path: inParentheses(reader, () => reader.path()), wanted };
  }
  if (reader.took('BEGINS_WITH')) {
    return inParentheses(reader, () => {
      const of = operand(reader);
      reader.expect(',');
      return { is: 'begins-with', of, start: operand(reader) };
    });
  }
  const left = operand(reader);
  if (reader.took('IN')) {
    return { is: 'in', of: left, list: inParentheses(reader, () => reader.list(() => operand(reader))) };
  }
  if (reader.took('BETWEEN')) {
    const low = operand(reader);
    reader.expect('AND');
    return { is: 'between', of: left, low, high: operand(reader) };
  }
  const sign = reader.next();
  if (!['=', '<>', '<', '<=', '>', '>='].includes(sign)) throw new Error(`"${sign}" compares nothing`);
  return { is: 'compare', sign, left, right: operand(reader) };
}

function inParentheses<T>(reader: Reader, read: () => T): T {
  reader.expect('(');
  const inside = read();
  reader.expect(')');
  return inside;
}

function operand(reader: Reader): Operand {
  if (reader.took('SIZE')) return { is: 'size', path: inParentheses(reader, () => reader.path()) };
  if (reader.took('IF_NOT_EXISTS')) {
    return inParentheses(reader, () => {
      const path = reader.path();
      reader.expect(',');
      return { is: 'if-not-exists', path, otherwise: operand(reader) };
    });
  }
  return reader.peek().startsWith(':')
    ? { is: 'value', name: reader.next() }
    : { is: 'path', path: reader.path() };
}

function sum(reader: Reader): Operand {
  const left = operand(reader);
  if (reader.took('+')) return { is: 'sum', left, right: operand(reader), sign: 1 };
  if (reader.took('-')) return { is: 'sum', left, right: operand(reader), sign: -1 };
  return left;
}

function actions(reader: Reader): Action[] {
  const found: Action[] = [];
  while (!reader.done) {
    if (reader.took('SET')) {
      const sets = reader.list((): Action => {
        const path = reader.path();
        reader.expect('=');
        return { is: 'set', path, to: sum(reader) };
      });
      found.push(...sets);
    } else if (reader.took('REMOVE'))
      found.push(...reader.list((): Action => ({ is: 'remove', path: reader.path() })));
    else if (reader.took('ADD'))
      found.push(...reader.list((): Action => ({ is: 'add', path: reader.path(), by: operand(reader) })));
    else throw new Error(`"${reader.peek()}" begins no clause of an update expression`);
  }
  return found;
}

export type { Operand };
