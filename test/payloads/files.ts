import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A payload whose meaning is known by its name. */
export interface PayloadFile {
  name: string;
  /** The name without its ending, below `examples/` where the platform's documentation prints it. */
  title: string;
  text: string;
}

/** Every payload of a platform: ours, and under `examples/` those of its documentation (see INDEX.md there). */
export function payloadsOf(platform: string): PayloadFile[] {
  const folder = new URL(`fixtures/${platform}/`, import.meta.url);
  return readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((path) => /\.(json|csv)$/.test(path))
    .sort()
    .map((path) => ({
      name: basename(path),
      title: path.replace(/\.\w+$/, ''),
      text: readFileSync(new URL(path, folder), 'utf8'),
    }));
}
