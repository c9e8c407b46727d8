import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ZOD = join(import.meta.dirname, '../../node_modules/zod/v4');

/** What functions use of zod. A name that is missing here fails the bundling. */
const ENTRY = `
import { config } from './core/index.js';
export * from './classic/checks.js';
export * as coerce from './classic/coerce.js';
export * from './classic/errors.js';
export * as iso from './classic/iso.js';
export * from './classic/parse.js';
export * from './classic/schemas.js';
export { config, NEVER, prettifyError } from './core/index.js';
// Compiling a schema before its first use costs a first call more than it saves many later ones.
config({ jitless: true });
`;

/**
 * The same names, of what does nothing: no function makes a document of a schema, those are made when the project is built.
 *
 * @param file of zod's core
 */
const noDocuments = (file: string): string =>
  [
    `const none = () => { throw new Error('a function makes no document of a schema'); };`,
    ...[...readFileSync(join(ZOD, file), 'utf8').matchAll(/^export (?:const|function) (\w+)/gm)].map(
      ([, name]) => `export const ${name} = none;`,
    ),
    '',
  ].join('\n');

const DOCUMENTS = ['core/to-json-schema.js', 'core/json-schema-processors.js'];

/** What functions read came as JSON or of a table, and holds no circle: nobody looks for one in every schema's first reading. */
const NO_CIRCLES = `
const memo = { alloc: (_schema, _payload, empty) => empty, attach() {}, guard() {} };
export const memoizer = () => memo;
export const isBackEdge = () => false;
export const isRecursiveSchema = () => true;
`;

/**
 * Puts what functions use of zod into a folder, and returns the file that stands in zod's place in every bundle. zod's own
 * entry names its messages in fifty languages; and each schema names what makes a document of it, and what breaks circles
 * in its input. Such imports are relative, which the bundler's alias does not reach: so these files are others in a copy.
 */
export function leanZod(folder: string): string {
  for (const part of ['core', 'classic']) {
    const filter = (path: string) => !/\.(?:cjs|[cm]?ts)$/.test(path);
    cpSync(join(ZOD, part), join(folder, part), { recursive: true, filter });
  }
  mkdirSync(join(folder, 'locales'));
  cpSync(join(ZOD, 'locales/en.js'), join(folder, 'locales/en.js'));
  const files = {
    'package.json': '{"type":"module","sideEffects":["./entry.js"]}',
    'entry.js': ENTRY,
    'locales/index.js': 'export {};',
    'core/memoizer.js': NO_CIRCLES,
  };
  for (const name of DOCUMENTS) writeFileSync(join(folder, name), noDocuments(name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, 'entry.js');
}
