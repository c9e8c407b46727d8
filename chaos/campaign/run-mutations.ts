import type { Invariant } from '../invariants/violation.ts';
import type { Mutation } from '../mutations/mutation.ts';
import { createPool } from './pool.ts';

/** Which world noticed a mutation first, and by which promise. */
export interface MutationResult {
  name: string;
  harm: string;
  test: Mutation['test'];
  /** Why no world can notice it. */
  unseen?: string;
  /** Absent when no world noticed. */
  caught?: { invariant: Invariant; seed: string; detail: string };
  /** Worlds run until then. */
  worlds: number;
}

export interface MutationOptions {
  mutations: readonly Mutation[];
  seed: number;
  hours: number;
  workers: number;
  /** Worlds after which a mutation counts as unnoticed. */
  worldsEach: number;
  onResult?: (done: number, name: string) => void;
}

/** Runs the functions under one mutation after another. */
export async function runMutations(options: MutationOptions): Promise<MutationResult[]> {
  const results: MutationResult[] = [];
  const queue = [...options.mutations];
  const worker = async () => {
    for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
      results.push(await runMutation(mutation, options));
      options.onResult?.(results.length, mutation.name);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, worker));
  return options.mutations.flatMap(({ name }) => results.filter((result) => result.name === name));
}

async function runMutation(
  mutation: Mutation,
  { seed, hours, worldsEach }: MutationOptions,
): Promise<MutationResult> {
  const { name, harm, noticedBy, test } = mutation;
  if (typeof noticedBy === 'string') return { name, harm, test, unseen: noticedBy, worlds: 0 };
  const pool = createPool(1, { mutation: name });
  try {
    for (let index = 0; index < worldsEach; index += 1) {
      const world = String(seed + index);
      const { result } = await pool.run({ seed: world, hours });
      const noticed = result.violations.find(({ invariant }) => noticedBy.includes(invariant));
      if (noticed !== undefined) {
        const { invariant, detail } = noticed;
        return { name, harm, test, caught: { invariant, seed: world, detail }, worlds: index + 1 };
      }
    }
    return { name, harm, test, worlds: worldsEach };
  } finally {
    await pool.close();
  }
}

/** How many of those that a world can notice one did. */
export function countNoticed(results: readonly MutationResult[]): string {
  const forWorlds = results.filter(({ unseen }) => unseen === undefined);
  const noticed = forWorlds.filter(({ caught }) => caught !== undefined).length;
  const rest = results.length - forWorlds.length;
  return `${noticed} of ${forWorlds.length} noticed by a world${rest === 0 ? '' : `; ${rest} that only a test can notice`}`;
}

/** The results for a person. */
export function sayMutations(results: readonly MutationResult[]): string {
  const lines = results.map(({ name, caught, unseen, worlds }) => {
    if (unseen !== undefined) return `for tests    ${name}: ${unseen}`;
    return caught === undefined
      ? `NOT NOTICED  ${name} (${worlds} worlds)`
      : `noticed      ${name}: ${caught.invariant}, world ${caught.seed}`;
  });
  return `${lines.join('\n')}\n${countNoticed(results)}\n`;
}
