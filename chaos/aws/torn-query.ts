import type { SeededRandom } from '../../local/platforms/shared/seeded-random.ts';
import type { Loop } from '../time/loop.ts';
import type { Attributes } from './expression.ts';
import { startAfter, type TableInput, type Tables } from './tables.ts';

/** How queries are torn that are made now. */
export interface Tearing {
  loop: Pick<Loop, 'setTimeout'>;
  random: SeededRandom;
  /** Time between the first keys and the others (ms). */
  lastsMs: number;
}

/**
 * A query is no snapshot: it reads its keys in order and takes its time. What is written meanwhile is passed over where it
 * has been already, and found where it comes to only then.
 */
export async function tornQuery(
  tables: Tables,
  { Limit, ...input }: TableInput,
  { loop, random, lastsMs }: Tearing,
): Promise<{ Items: Attributes[]; LastEvaluatedKey?: Attributes }> {
  const early = tables.query(input).Items;
  await new Promise<void>((resolve) => {
    loop.setTimeout(resolve, lastsMs);
  });
  const late = tables.query(input).Items;
  const come = random.int(0, late.length);
  const known = new Set(early.map(nameOf));
  const found = late.filter((item, index) => index >= come || known.has(nameOf(item)));
  const Items = found.slice(0, Limit);
  const last = Items.at(-1);
  return {
    Items,
    ...(Items.length < found.length && last !== undefined
      ? { LastEvaluatedKey: startAfter(last, input.IndexName) }
      : {}),
  };
}

const nameOf = ({ pk, sk }: Attributes): string => `${pk}\u0000${sk}`;
