import { relative, resolve } from 'node:path';
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import * as z from 'zod';

/**
 * A bundle's source map without what is not ours, and without names, which no stack shows: more than nine tenths of it.
 * functions/runtime/own-sources.ts reads it.
 */

const mapSchema = z.looseObject({
  version: z.literal(3),
  sources: z.array(z.string()),
  mappings: z.string(),
});

/**
 * @param text the map as the bundler wrote it
 * @param folder the folder of the bundle, against which the sources are named
 * @param root the project's folder: the sources of the new map are named against it
 * @param isOurs whether a source stays, by its path below the root
 */
export function ownSourceMap(
  text: string,
  { folder, root, isOurs }: { folder: string; root: string; isOurs: (path: string) => boolean },
): string {
  const map = mapSchema.parse(JSON.parse(text));
  const paths = map.sources.map((source) => relative(root, resolve(folder, source)).replaceAll('\\', '/'));
  const sources = createIndex();
  /** What stands before, when it is ours. */
  let last: { path: string; line: number } | undefined;

  const keep = (segment: SourceMapSegment): SourceMapSegment[] => {
    const [generated, source, line = 0, column = 0] = segment;
    const path = source === undefined ? undefined : paths[source];
    if (path === undefined || !isOurs(path)) {
      const ends = last !== undefined;
      last = undefined;
      // Says where ours ends: otherwise all that follows would be taken for its last line.
      return ends ? [[generated]] : [];
    }
    // A stack names lines, so one place in each of them is enough.
    if (last?.path === path && last.line === line) return [];
    last = { path, line };
    return [[generated, sources.of(path), line, column]];
  };

  const kept = decode(map.mappings).map((segments) => segments.flatMap(keep));
  // Node misreads a last segment of one field, unless something follows it.
  const mappings = `${encode(kept)};`;
  return JSON.stringify({ version: 3, sources: sources.all, names: [], mappings });
}

function createIndex() {
  const known = new Map<string, number>();
  return {
    of(text: string): number {
      const index = known.get(text) ?? known.size;
      known.set(text, index);
      return index;
    },
    get all(): string[] {
      return [...known.keys()];
    },
  };
}
