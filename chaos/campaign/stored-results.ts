import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { INVARIANTS, type Invariant } from '../invariants/violation.ts';
import type { Mutation } from '../mutations/mutation.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, '.acopio/mutations');

const worldResult = z.object({
  /** Seed of the first world and hours of each. */
  seed: z.number(),
  hours: z.number(),
  /** Worlds run until one noticed; all of them when none did. */
  worlds: z.number(),
  /** Absent when no world noticed. */
  caught: z
    .object({
      invariant: z.custom<Invariant>((name) => typeof name === 'string' && name in INVARIANTS),
      seed: z.string(),
      detail: z.string(),
    })
    .optional(),
  /** By {@link codeOf}. */
  code: z.string(),
});
const testResult = z.object({ noticed: z.boolean(), code: z.string() });
const SCHEMAS = { worlds: worldResult, test: testResult } as const;
type Kind = keyof typeof SCHEMAS;

/** What worlds, or the named test, made of a mutation. */
export type StoredResult<K extends Kind> = z.infer<(typeof SCHEMAS)[K]>;

/**
 * Stores a result beside the repository's files, so that the table of all mutations can be made in pieces and a run that was
 * interrupted goes on where it was. One file each: runs side by side do not disturb each other.
 */
export async function storeResult<K extends Kind>(
  kind: K,
  mutation: string,
  result: StoredResult<K>,
): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(fileOf(kind, mutation), `${JSON.stringify(result)}\n`);
}

/** What was stored of a mutation; undefined when nothing was, or of another shape. */
export async function storedResult<K extends Kind>(
  kind: K,
  mutation: string,
): Promise<StoredResult<K> | undefined> {
  const text = await readFile(fileOf(kind, mutation), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const read = SCHEMAS[kind].safeParse(JSON.parse(text));
  return read.success ? (read.data as StoredResult<K>) : undefined;
}

const fileOf = (kind: Kind, mutation: string) => join(FOLDER, `${mutation}.${kind}.json`);

/** Whose change makes a result an old one. */
const CODE = { worlds: ['functions', 'chaos', 'local', 'config'], test: ['functions', 'test'] } as const;
/** What other mutations are, and who runs them, changes no result. */
const APART = ['/chaos/mutations/', '/chaos/campaign/'].map((folder) => join(ROOT, folder));

/** Hash of what a kind of result of a mutation depends on: the code, and the mutation but for what is said of it. */
export async function codeOf(kind: Kind, { harm: _, ...mutation }: Mutation): Promise<string> {
  const hash = createHash('sha256')
    .update(await treeOf(kind))
    .update(JSON.stringify(mutation));
  return hash.digest('hex').slice(0, 16);
}

const trees = new Map<Kind, Promise<string>>();

function treeOf(kind: Kind): Promise<string> {
  const tree = trees.get(kind) ?? hashOf(CODE[kind]);
  trees.set(kind, tree);
  return tree;
}

async function hashOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const files = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    for (const path of paths.sort())
      if (!APART.some((one) => path.startsWith(one)))
        hash.update(path.slice(ROOT.length)).update(await readFile(path));
  }
  return hash.digest('hex');
}
