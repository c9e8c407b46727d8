import type { ProductGroup } from '../../../domain/erp-product.ts';
import { shortHash, type WantedProduct } from '../../../domain/product-input.ts';
import type { ProductMemory } from '../../../domain/product-memory.ts';
import type { ShownProduct } from './shown.ts';
import type { Known, ProductCall, Step } from './step.ts';

/** What a step is found from. */
export interface Work {
  readonly wanted: WantedProduct;
  readonly hashes: Readonly<Partial<Record<ProductGroup, string>>>;
  readonly memory: ProductMemory;
  readonly known: Known;
}

/** Brings about one part of the product: its next step, or what is remembered once there is none. */
export type PartOfWork = (
  work: Work,
  productId: string,
  shown: ShownProduct | undefined,
) => { readonly step: Step } | { readonly memory: ProductMemory };

export const isRefused = ({ run }: ProductMemory, part: string): boolean => run?.refused[part] !== undefined;

export const call = (made: ProductCall, about: unknown): Step => ({
  call: made,
  name: `${made.kind}:${shortHash(about)}`,
});

/** Whether a group is wanted otherwise than it was reached, and may be tried. */
export const isOpen = ({ hashes, memory }: Work, group: ProductGroup): boolean =>
  hashes[group] !== undefined && hashes[group] !== memory.reached[group] && !isRefused(memory, group);

/** A group is reached once none of its parts was refused: what was, is tried again when it is wanted again. */
export const settled = (
  work: Work,
  prefixes: readonly string[],
  groups: readonly ProductGroup[],
): ProductMemory => {
  const refused = Object.keys(work.memory.run?.refused ?? {});
  if (refused.some((part) => prefixes.some((prefix) => part.startsWith(prefix)))) return work.memory;
  return withReached(work.memory, Object.fromEntries(groups.map((group) => [group, work.hashes[group]])));
};

export function withReached(
  memory: ProductMemory,
  reached: Readonly<Record<string, string | undefined>>,
): ProductMemory {
  const known = Object.entries(reached).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...memory, reached: { ...memory.reached, ...Object.fromEntries(known) } };
}
