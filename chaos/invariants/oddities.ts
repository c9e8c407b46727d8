import { createHash } from 'node:crypto';
import { currentInvocation, type Invocation } from '../aws/invocation.ts';
import type { Tables } from '../aws/tables.ts';
import { rowsOf } from './rows.ts';

/** Bytes that our side took on and that nobody can understand: each must end as a row that says so. */
export interface Oddities {
  /** A webhook that was acknowledged. */
  acknowledged(body: string): void;
  /** A page in the hands of the function that asked for it. */
  page(body: Buffer): void;
  /** @param answersFor whether it could have kept what it held */
  ended(invocation: Invocation, answersFor: boolean): void;
  /** What is to be seen nowhere, by its hash. */
  unseen(tables: Tables): string[];
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

export function createOddities(): Oddities {
  const owed = new Set<string>();
  const held = new Map<Invocation, string[]>();
  return {
    acknowledged: (body) => void owed.add(sha256(body)),
    page(body) {
      const invocation = currentInvocation();
      if (invocation !== undefined) held.set(invocation, [...(held.get(invocation) ?? []), sha256(body)]);
    },
    ended(invocation, answersFor) {
      if (answersFor) for (const hash of held.get(invocation) ?? []) owed.add(hash);
      held.delete(invocation);
    },
    unseen(tables) {
      const seen = new Set<string>();
      for (const [, { row }] of rowsOf(tables))
        if (row.state === 'needs-review' && row.raw !== undefined) seen.add(row.raw.sha256);
      return [...owed].filter((hash) => !seen.has(hash));
    },
  };
}
