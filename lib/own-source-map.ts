import { relative, resolve } from 'node:path';
import * as z from 'zod';

/**
 * A bundle's source map without what is not ours. Node reads the whole map when it loads the bundle, and nine tenths of it
 * are about libraries: leaving them out saves 25 ms of each cold start and half of what is uploaded.
 */

const mapSchema = z.looseObject({
  version: z.literal(3),
  sources: z.array(z.string()),
  names: z.array(z.string()),
  mappings: z.string(),
});

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Fields of a segment, as the format counts them: column, source, line, column there, name. */
type Segment = number[];

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
  const [sources, names] = [createIndex(), createIndex()];
  // Source, line, column and name of the segment before: each segment holds differences. The column begins anew per line.
  let [source = 0, line = 0, column = 0, name = 0] = [0, 0, 0, 0];
  const last: [number, number, number, number] = [0, 0, 0, 0];

  /** Whether what stands before is ours. */
  let mapped = false;

  const lines = map.mappings.split(';').map((segments) => {
    let [generated, lastGenerated] = [0, 0];
    const kept: string[] = [];
    const keep = (...fields: number[]) => {
      kept.push(encode([generated - lastGenerated, ...fields]));
      lastGenerated = generated;
    };
    for (const segment of segments.split(',')) {
      if (segment === '') continue;
      const fields = decode(segment);
      generated += fields[0] ?? 0;
      source += fields[1] ?? 0;
      line += fields[2] ?? 0;
      column += fields[3] ?? 0;
      name += fields[4] ?? 0;
      const path = paths[source] ?? '';
      if (fields.length === 1 || !isOurs(path)) {
        // Says where ours ends: otherwise all that follows would be taken for its last line.
        if (mapped) keep();
        mapped = false;
        continue;
      }
      mapped = true;
      const place: [number, number, number] = [sources.of(path), line, column];
      const differences = place.map((value, index) => value - (last[index] ?? 0));
      [last[0], last[1], last[2]] = place;
      if (fields.length < 5) keep(...differences);
      else {
        const named = names.of(map.names[name] ?? '');
        keep(...differences, named - last[3]);
        last[3] = named;
      }
    }
    return kept.join(',');
  });
  // Node misreads a last segment of one field, unless something follows it.
  const mappings = `${lines.join(';')};`;
  return JSON.stringify({ version: 3, sources: sources.all, names: names.all, mappings });
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

/** Base 64 VLQ: five bits a digit, the lowest first; the sixth bit says that more follow, the lowest of all is the sign. */
function decode(text: string): Segment {
  const fields: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    value += (digit % 32) * 2 ** shift;
    shift += 5;
    if (digit >= 32) continue;
    fields.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    [value, shift] = [0, 0];
  }
  return fields;
}

function encode(fields: Segment): string {
  return fields
    .map((field) => {
      let value = field < 0 ? -field * 2 + 1 : field * 2;
      let text = '';
      do {
        const digit = value % 32;
        value = Math.floor(value / 32);
        text += DIGITS[value > 0 ? digit + 32 : digit];
      } while (value > 0);
      return text;
    })
    .join('');
}
