import type { Mutation } from '../mutations/mutation.ts';
import { createPool } from './pool.ts';
import { codeOf, type StoredResult, storedResult, storeResult } from './stored-results.ts';

/** What became of a mutation: why no world can notice it, or what worlds made of it. */
export interface MutationResult {
  mutation: Mutation;
  /** Absent where no world can notice it, and where none was tried yet. */
  found?: StoredResult<'worlds'> | undefined;
}

export interface MutationOptions {
  mutations: readonly Mutation[];
  seed: number;
  hours: number;
  workers: number;
  /** Worlds after which a mutation counts as unnoticed. */
  worldsEach: number;
  /** Takes over what earlier runs of the same code and worlds stored. */
  resume: boolean;
  onResult(result: MutationResult, done: number): void;
}

/** Runs the functions under one mutation after another, and keeps what each came to. */
export async function runMutations(options: MutationOptions): Promise<MutationResult[]> {
  const results: MutationResult[] = [];
  const queue = [...options.mutations];
  const worker = async () => {
    for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
      const result = await resultOf(mutation, options);
      results.push(result);
      options.onResult(result, results.length);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, worker));
  return options.mutations.flatMap((mutation) => results.filter((result) => result.mutation === mutation));
}

async function resultOf(mutation: Mutation, options: MutationOptions): Promise<MutationResult> {
  if (typeof mutation.noticedBy === 'string') return { mutation };
  const code = await codeOf('worlds', mutation);
  const known = options.resume ? await storedResult('worlds', mutation.name) : undefined;
  if (known !== undefined && known.code === code && answers(known, options))
    return { mutation, found: known };
  const found = { ...(await runWorlds(mutation, options)), code };
  await storeResult('worlds', mutation.name, found);
  return { mutation, found };
}

/** Whether a stored result is one of these worlds, and of enough of them. */
const answers = (
  { seed, hours, worlds, caught }: StoredResult<'worlds'>,
  options: Pick<MutationOptions, 'seed' | 'hours' | 'worldsEach'>,
): boolean =>
  seed === options.seed &&
  hours === options.hours &&
  (caught === undefined ? worlds >= options.worldsEach : worlds <= options.worldsEach);

async function runWorlds(
  { name, noticedBy, worlds: kind }: Mutation,
  { seed, hours, worldsEach }: MutationOptions,
): Promise<Omit<StoredResult<'worlds'>, 'code'>> {
  const pool = createPool(1, { mutation: name });
  try {
    for (let index = 0; index < worldsEach; index += 1) {
      const world = String(seed + index);
      const { result } = await pool.run({ kind: kind ?? 'all', seed: world, hours });
      const noticed = result.violations.find(({ invariant }) => noticedBy.includes(invariant));
      if (noticed === undefined) continue;
      const { invariant, detail } = noticed;
      return { seed, hours, worlds: index + 1, caught: { invariant, seed: world, detail } };
    }
    return { seed, hours, worlds: worldsEach };
  } finally {
    await pool.close();
  }
}

/** Whether everything is in order with a mutation: a world noticed it, or none can. */
export const isInOrder = ({ mutation, found }: MutationResult): boolean =>
  typeof mutation.noticedBy === 'string' || found?.caught !== undefined;

/** How many of those that a world can notice one did. */
export function countNoticed(results: readonly MutationResult[]): string {
  const forWorlds = results.filter(({ mutation }) => typeof mutation.noticedBy !== 'string');
  const noticed = forWorlds.filter(isInOrder).length;
  const missing = forWorlds.filter(({ found }) => found === undefined).length;
  const rest = results.length - forWorlds.length;
  return [
    `${noticed} of ${forWorlds.length} noticed by a world`,
    ...(rest === 0 ? [] : [`${rest} that only a test can notice`]),
    ...(missing === 0 ? [] : [`${missing} not run yet`]),
  ].join('; ');
}

/** A result for a person, in a line. */
export function sayMutation({ mutation: { name, noticedBy }, found }: MutationResult): string {
  if (typeof noticedBy === 'string') return `for tests    ${name}: ${noticedBy}`;
  return found?.caught === undefined
    ? `NOT NOTICED  ${name} (${found?.worlds ?? 0} worlds)`
    : `noticed      ${name}: ${found.caught.invariant}, world ${found.caught.seed}`;
}
