import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * Finds platforms' names where they don't belong: a platform is one folder, its simulator another, and the rest of the
 * program knows neither. Prints file:line of each. Exit code 1 when there is any.
 *
 * The names are those of the folders in functions/platforms, so a new platform is held to this without a change here.
 */
const FOLDERS = ['bench', 'bin', 'chaos', 'functions', 'lib', 'local', 'ops', 'scripts'];
const NO_PLATFORM = ['reading'];
/** Other names that a platform goes by. */
const OTHER_NAMES = ['tiendanube'];
const REGISTRIES = ['functions/platforms/registry.ts', 'local/platforms/registry.ts'];
/** Configuration of merchants, which names the platforms that they sell on. */
const CONFIGURATION = ['bench/cost/merchant.json', 'chaos/plan/merchant.json'];
const SELF = 'scripts/platform-names.ts';

/** One line that names a platform, or `line: 0` for a file whose own path does. */
export interface Finding {
  file: string;
  line: number;
  text: string;
}

/**
 * The lines of one file that name a platform.
 *
 * @param file path from the project's root, with `/`
 * @param names lower case; found in any case
 */
export function namesIn(file: string, source: string, names: readonly string[]): Finding[] {
  const named = [...REGISTRIES, ...CONFIGURATION, SELF];
  if (named.includes(file) || !/\.(?:ts|mjs|json)$/.test(file)) return [];
  if (/^(?:functions|local)\/platforms\/([^/]+)\//.test(file) && names.includes(file.split('/')[2] ?? ''))
    return [];
  const name = new RegExp(names.join('|'), 'i');
  // A mutation names the file that it breaks and the test that notices, which may be a platform's.
  const paths = new RegExp(`(?:functions/)?platforms/(?:${names.join('|')})/[\\w./-]*`, 'g');
  const seen = file.startsWith('chaos/mutations/') ? source.replace(paths, '') : source;
  const lines = seen.split('\n').map((text, index) => ({ file, line: index + 1, text: text.trim() }));
  return [
    ...(name.test(file) ? [{ file, line: 0, text: 'the path' }] : []),
    ...lines.filter(({ text }) => name.test(text)),
  ];
}

/** The names of the platforms that have a folder, and their other names. */
export function platformNames(root: string): string[] {
  const folders = readdirSync(join(root, 'functions/platforms'), { withFileTypes: true });
  const own = folders.filter((entry) => entry.isDirectory() && !NO_PLATFORM.includes(entry.name));
  return [...own.map((entry) => entry.name), ...OTHER_NAMES];
}

function findAll(root: string): Finding[] {
  const names = platformNames(root);
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .flatMap((path) => {
        const file = relative(root, path).split(sep).join('/');
        return namesIn(file, readFileSync(path, 'utf8'), names);
      }),
  );
}

if (import.meta.main) {
  const findings = findAll(join(import.meta.dirname, '..'));
  for (const { file, line, text } of findings) console.log(`${file}:${line}: ${text}`);
  const files = new Set(findings.map(({ file }) => file)).size;
  console.log(`${findings.length} names of platforms outside their folders, in ${files} files`);
  if (findings.length > 0) process.exitCode = 1;
}
