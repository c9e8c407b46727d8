import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { ROOT } from './sources.ts';

/** Where npm's own tools keep what can be made again, which goes with node_modules; ACOPIO_BUNDLES names another folder. */
const folder = () => process.env.ACOPIO_BUNDLES ?? join(ROOT, 'node_modules/.cache/acopio-bundles');
/** Sets that stay, those used last; a set is some 8 MB. */
const MOST = 10;

/** Texts, by their paths. */
const textsSchema = z.record(z.string(), z.string());
/** `inputs`: the digest of each file that the bundles were made of, by its path from the project's folder. */
const setSchema = z.object({ inputs: textsSchema, files: textsSchema });
type Texts = z.infer<typeof textsSchema>;

/**
 * The bundles of a set of entries, by their paths: as they were made before when no byte of what they were made of has
 * changed since. The bundler takes most of a synthesis, and between two of them seldom a source changed.
 *
 * @param make bundles, and returns the paths of the files it read, from the project's folder
 */
export function keptOr(entries: Texts, make: () => { files: Texts; inputs: string[] }): Texts {
  const path = join(folder(), `${digest(JSON.stringify(entries), whatAllAreMadeWith())}.json`);
  const kept = read(path);
  if (kept !== undefined) return kept;
  const { files, inputs } = make();
  keep(path, { files, inputs: Object.fromEntries(inputs.map((input) => [input, digestOf(input)])) });
  return files;
}

function read(path: string): Texts | undefined {
  try {
    const { inputs, files } = setSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    if (Object.entries(inputs).some(([input, before]) => digestOf(input) !== before)) return undefined;
    utimesSync(path, new Date(), new Date());
    return files;
  } catch {
    // Not there, half gone, or of another version: it is made again.
    return undefined;
  }
}

function keep(path: string, set: z.infer<typeof setSchema>): void {
  try {
    mkdirSync(folder(), { recursive: true });
    // Under a name of its own until it is whole: others may make the same one.
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, JSON.stringify(set));
    renameSync(unfinished, path);
    removeOld();
  } catch {
    // A folder that can't be written to, or another process that tidies too: the next synthesis bundles again.
  }
}

function removeOld(): void {
  const usedAt = (path: string) => statSync(path).mtimeMs;
  const paths = readdirSync(folder()).map((name) => join(folder(), name));
  for (const path of paths.sort((one, other) => usedAt(other) - usedAt(one)).slice(MOST))
    rmSync(path, { force: true });
}

/** The bundler, its options, and what stands in place of parts of libraries. */
function whatAllAreMadeWith(): string {
  const ours = readdirSync(import.meta.dirname).map((name) =>
    relative(ROOT, join(import.meta.dirname, name)),
  );
  return ['package-lock.json', ...ours].map(digestOf).join();
}

const digestOf = (path: string): string => digest(readFileSync(join(ROOT, path)));

function digest(...parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
