import type { Action, Attributes, Condition, Operand } from './expression.ts';

/** An item and the placeholders of the expression that looks at it. */
export interface Scope {
  item: Attributes;
  names: Record<string, string>;
  values: Attributes;
}

/** Whether a condition holds, as DynamoDB decides: what is missing or of another type compares to nothing. */
export function holds(condition: Condition, scope: Scope): boolean {
  switch (condition.is) {
    case 'and':
      return holds(condition.left, scope) && holds(condition.right, scope);
    case 'or':
      return holds(condition.left, scope) || holds(condition.right, scope);
    case 'not':
      return !holds(condition.of, scope);
    case 'exists':
      return (at(scope, condition.path) !== undefined) === condition.wanted;
    case 'begins-with': {
      const [text, start] = [read(condition.of, scope), read(condition.start, scope)];
      return typeof text === 'string' && typeof start === 'string' && text.startsWith(start);
    }
    case 'in': {
      const value = read(condition.of, scope);
      return condition.list.some((item) => compares('=', value, read(item, scope)));
    }
    case 'between': {
      const value = read(condition.of, scope);
      return (
        compares('>=', value, read(condition.low, scope)) &&
        compares('<=', value, read(condition.high, scope))
      );
    }
    case 'compare':
      return compares(condition.sign, read(condition.left, scope), read(condition.right, scope));
  }
}

/** Changes `scope.item` in place. Every value is that before the update, whatever the order of the actions. */
export function apply(actions: readonly Action[], scope: Scope): void {
  const before: Scope = { ...scope, item: { ...scope.item } };
  for (const action of actions) {
    const { parent, name } = target(scope, action.path);
    if (action.is === 'remove') delete parent[name];
    else if (action.is === 'set') parent[name] = present(read(action.to, before), action.path);
    else parent[name] = number(at(before, action.path) ?? 0) + number(read(action.by, before));
  }
}

function target(scope: Scope, path: readonly string[]): { parent: Attributes; name: string } {
  const names = path.map((part) => nameOf(part, scope));
  const name = names.pop() ?? '';
  let parent = scope.item;
  for (const step of names) {
    const inner = parent[step];
    if (typeof inner !== 'object' || inner === null) {
      throw new Error('The document path provided in the update expression is invalid for update');
    }
    // Copied on the way, so that the values before the update stay what they were.
    parent[step] = { ...inner };
    parent = parent[step] as Attributes;
  }
  return { parent, name };
}

function present(value: unknown, path: readonly string[]): unknown {
  if (value === undefined)
    throw new Error(`The update of ${path.join('.')} refers to an attribute that does not exist in the item`);
  return value;
}

/** What an operand stands for. */
export function read(operand: Operand, scope: Scope): unknown {
  switch (operand.is) {
    case 'path':
      return at(scope, operand.path);
    case 'value': {
      if (!(operand.name in scope.values))
        throw new Error(`The expression's value ${operand.name} is not given`);
      return scope.values[operand.name];
    }
    case 'size': {
      const value = at(scope, operand.path);
      return typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
    }
    case 'if-not-exists':
      return at(scope, operand.path) ?? read(operand.otherwise, scope);
    case 'sum':
      return number(read(operand.left, scope)) + operand.sign * number(read(operand.right, scope));
  }
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Error('An operand in the update expression has an incorrect data type');
}

function at(scope: Scope, path: readonly string[]): unknown {
  let value: unknown = scope.item;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Attributes)[nameOf(part, scope)];
  }
  return value;
}

/** The attribute that a part of a path means: itself, or what its placeholder stands for. */
export function nameOf(part: string, { names }: Pick<Scope, 'names'>): string {
  if (!part.startsWith('#')) return part;
  const name = names[part];
  if (name === undefined) throw new Error(`The expression's name ${part} is not given`);
  return name;
}

function compares(sign: string, left: unknown, right: unknown): boolean {
  if (sign === '<>') return !compares('=', left, right);
  if (left === undefined || right === undefined || typeof left !== typeof right) return false;
  if (sign === '=') return left === right || (typeof left === 'object' && same(left, right));
  const order = ordered(left, right);
  if (order === undefined) return false;
  switch (sign) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);

function ordered(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return byBytes(left, right);
  return undefined;
}

/** From here on the order of code units is not that of UTF-8 bytes. */
const WIDE = /[\ud800-\uffff]/;

/** Strings are in the order of their UTF-8 bytes. */
function byBytes(left: string, right: string): number {
  if (left === right) return 0;
  return WIDE.test(left) || WIDE.test(right)
    ? Buffer.compare(Buffer.from(left), Buffer.from(right))
    : left < right
      ? -1
      : 1;
}
