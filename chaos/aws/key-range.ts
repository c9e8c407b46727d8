import { nameOf, read, type Scope } from './evaluate.ts';
import type { Condition, Operand } from './expression.ts';

/** What a key condition asks for: one partition, and of it the sort keys between two texts at the most. */
export interface KeyRange {
  partition: string;
  /** No sort key that is asked for is before this one. */
  low: string;
  /** Each sort key that is asked for is before this one; absent: there is no end. */
  high?: string;
}

/** What comes after each text that begins with this one. */
const afterPrefix = (prefix: string): string => `${prefix}\uffff`;

/**
 * The range that holds everything a key condition asks for, and perhaps a little more at its ends.
 *
 * @throws Error when the condition names no partition, as the service would
 */
export function keyRange(
  condition: Condition,
  scope: Scope,
  [partition, sort]: readonly [string, string],
): KeyRange {
  const range: Partial<KeyRange> = {};
  for (const one of conjuncts(condition)) {
    if (one.is === 'compare' && isPath(one.left, partition, scope) && one.sign === '=')
      range.partition = String(read(one.right, scope));
    else if (one.is === 'compare' && isPath(one.left, sort, scope)) {
      const text = String(read(one.right, scope));
      if (one.sign !== '<' && one.sign !== '<=') range.low = text;
      if (one.sign !== '>' && one.sign !== '>=') range.high = afterPrefix(text);
    } else if (one.is === 'between' && isPath(one.of, sort, scope)) {
      range.low = String(read(one.low, scope));
      range.high = afterPrefix(String(read(one.high, scope)));
    } else if (one.is === 'begins-with' && isPath(one.of, sort, scope)) {
      range.low = String(read(one.start, scope));
      range.high = afterPrefix(range.low);
    } else throw new Error(`Query key condition not supported: ${JSON.stringify(one)}`);
  }
  if (range.partition === undefined) throw new Error('Query condition missed key schema element');
  return { low: '', ...range, partition: range.partition };
}

const conjuncts = (condition: Condition): Condition[] =>
  condition.is === 'and' ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];

const isPath = (operand: Operand, name: string, scope: Scope): boolean =>
  operand.is === 'path' && operand.path.length === 1 && nameOf(operand.path[0] ?? '', scope) === name;
