import { registerHooks } from 'node:module';
import { MUTATIONS } from './list.ts';
import type { Mutation } from './mutation.ts';

/** The mutation's text is not in the source any more, so it would change nothing. */
export class MutationDoesNotApply extends Error {
  constructor(name: string, file: string) {
    super(
      `mutation "${name}": its text does not stand exactly once in ${file}. Adapt chaos/mutations/list.ts to the source.`,
    );
    this.name = 'MutationDoesNotApply';
  }
}

export function mutationNamed(name: string): Mutation {
  const found = MUTATIONS.find((mutation) => mutation.name === name);
  if (found === undefined) throw new Error(`there is no mutation "${name}"`);
  return found;
}

/** Changes the source of our functions while this thread loads it. Nothing is written. */
export function mutate(name: string): void {
  const { patches } = mutationNamed(name);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const mine = patches.filter(({ file }) => url.endsWith(`/${file}`));
      if (mine.length === 0) return loaded;
      const source = mine.reduce((text, patch) => applyPatch(name, patch, text), textOf(loaded.source));
      return { ...loaded, source };
    },
  });
}

/** The source with the patch in it. @throws MutationDoesNotApply unless the text stands in it exactly once. */
export function applyPatch(
  name: string,
  { file, find, replace }: Mutation['patches'][number],
  source: string,
): string {
  if (source.split(find).length !== 2) throw new MutationDoesNotApply(name, file);
  return source.replace(find, () => replace);
}

const textOf = (source: unknown): string =>
  typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
