import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lean, replacing, rewrite } from './rewrite.ts';

const ZOD = join(import.meta.dirname, '../../node_modules/zod/v4');
const FUNCTIONS = join(import.meta.dirname, '../../functions');

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
 * Zod puts each of its methods on each kind of schema when the first of the kind is made, by two functions that give every
 * schema a copy of the method. Kinds that have the same methods share an object of them here. Functions call methods where they
 * stand (`schema.parse(...)`): one that is passed on by itself would have lost its schema.
 */
const SHARED_METHODS = `
const made = new WeakMap();
export function members(proto, table) {
  const below = Object.getPrototypeOf(proto);
  const known = made.get(below) ?? new Map();
  made.set(below, known);
  const methods = known.get(table) ?? methodsOf(table, below);
  known.set(table, methods);
  Object.setPrototypeOf(proto, methods);
}
function methodsOf(table, below) {
  const descriptors = Object.getOwnPropertyDescriptors(table);
  for (const name in descriptors) descriptors[name].enumerable = false;
  return Object.create(below, descriptors);
}
`;

/** Where methods are from; and no class for a kind of schema, which only a kind of error has objects of. */
const KINDS: readonly Lean[] = [
  replacing(
    'import { members as installMembers } from "./util.js"',
    'import { members as installMembers } from "./members.js"',
  ),
  replacing(
    `    class Definition extends Parent {
    }
    Object.defineProperty(Definition, "name", { value: name });
`,
    '    const Definition = params?.Parent && { [name]: class extends Parent {} }[name];\n',
  ),
];

/** Zod's own methods call these. */
const OWN_CALLS = ['check', 'clone'];

/** Names in the sources of functions that stand behind these. */
function namesBehind(what: string): Set<string> {
  const sources = globSync('**/*.ts', { cwd: FUNCTIONS }).map((path) =>
    readFileSync(join(FUNCTIONS, path), 'utf8'),
  );
  const calls = sources.flatMap((text) => [...text.matchAll(new RegExp(`${what}\\.(\\w+)\\(`, 'g'))]);
  return new Set(calls.map(([, name = '']) => name));
}

/** A function that a file of zod's exports. */
const EXPORTED = /^export function (\w+)\(.*\) \{\n(?: {4}.*\n)*?\}\n/gm;

/** What functions call of `z.coerce` and of `z.iso`. A bundler keeps the whole of either: they are objects to it. */
function calledOf(part: 'coerce' | 'iso'): string {
  const called = namesBehind(`\\bz\\.${part}`);
  return readFileSync(join(ZOD, `classic/${part}.js`), 'utf8')
    .replace(EXPORTED, (text, name: string) => (called.has(name) ? text : ''))
    .replace(/^export \{ .* \} from .*\n/m, '');
}

/** A method in the tables of classic/schemas.js, which are written by one formatter. */
const METHOD =
  /^ {4}(?:(?:async )?(\w+)|(\w+): (?:async )?function \w+)\(.*\) \{\n(?: {8}.*\n)*? {4}\},?\n/gm;

/** What makes a document of a schema, in each of them. */
const DOCUMENT_OF_ONE = /^ {4}inst\._zod\.processJSONSchema = .*\n/gm;

/** Words about a schema stand in documents alone, and each would make a copy of it. */
const NO_WORDS = '    meta() {\n        return this;\n    },\n';

/**
 * Zod's schemas without the methods that no function calls. Zod puts each method on each kind of schema when the first of that
 * kind is made, and each names what it needs: `string().jwt()`, all that reads a JWT. Nothing compiles its schemas, so what
 * does so goes as well.
 */
function calledSchemas(): string {
  // Names of methods of schemas, and of everything else.
  const called = new Set([...OWN_CALLS, ...namesBehind('')]);
  return (
    readFileSync(join(ZOD, 'classic/schemas.js'), 'utf8')
      .replace(METHOD, (method, short?: string, named?: string) => {
        const name = short ?? named ?? '';
        if (name === 'meta') return NO_WORDS;
        return called.has(name) ? method : '';
      })
      .replace(DOCUMENT_OF_ONE, '')
      // A bundler keeps the whole of a namespace that another one exports.
      .replace('import { util } from "../core/index.js"', 'import * as util from "../core/util.js"')
      .replaceAll('core.util.', 'util.')
      .replace('core.$ZodObjectJIT.init(', 'core.$ZodObject.init(')
  );
}

/**
 * Puts what functions use of zod into a folder, and returns the file that stands in zod's place in every bundle. zod's own
 * entry names its messages in fifty languages; and each schema names what makes a document of it, and what breaks circles
 * in its input. Such imports are relative, which the bundler's alias does not reach: so these files are others in a copy.
 *
 * @param zod the folder that has zod's sources
 * @throws DeployError when what makes a kind of schema is not written as it is known here: whoever renews zod looks at it again
 */
export function leanZod(folder: string, zod: string = ZOD): string {
  for (const part of ['core', 'classic']) {
    const filter = (path: string) => !/\.(?:cjs|[cm]?ts)$/.test(path);
    cpSync(join(zod, part), join(folder, part), { recursive: true, filter });
  }
  mkdirSync(join(folder, 'locales'));
  cpSync(join(zod, 'locales/en.js'), join(folder, 'locales/en.js'));
  const files = {
    'package.json': '{"type":"module","sideEffects":["./entry.js"]}',
    'entry.js': ENTRY,
    'locales/index.js': 'export {};',
    'classic/coerce.js': calledOf('coerce'),
    'classic/iso.js': calledOf('iso'),
    'classic/schemas.js': calledSchemas(),
    'core/memoizer.js': NO_CIRCLES,
    'core/members.js': SHARED_METHODS,
  };
  const rewritten = (text: string) => KINDS.reduce((before, lean) => lean(before), text);
  rewrite({ folder, of: 'zod' }, ['core/core.js'], (texts) => texts.map(rewritten));
  for (const name of DOCUMENTS) writeFileSync(join(folder, name), noDocuments(name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, 'entry.js');
}
