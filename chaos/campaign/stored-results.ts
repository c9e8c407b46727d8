import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { INVARIANTS, type Invariant } from '../invariants/violation.ts';

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
  /** Hash of the code that ran. */
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

/** Hash of the code that a kind of result depends on. */
export async function codeOf(kind: Kind): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of CODE[kind]) {
    const files = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    for (const path of paths.sort()) hash.update(path.slice(ROOT.length)).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}
