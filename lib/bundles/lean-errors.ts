/**
 * Errors of a service that functions look at by their class, or by what stands in them. Any other is the service's generic error
 * when it comes: of the same name, message and `$metadata`, and with the fields of the answer as they came.
 */
const LOOKED_AT: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'TransactionConflictException',
]);

/** A class in models/errors.js, and a schema in schemas/schemas_0.js, which are written by one generator. */
const CLASS = /^export class (\w+) extends __BaseException \{\n(?: {4}.*\n)+\}\n/gm;
const SCHEMA =
  /^export var (\w+)\$ = \[-3, n0, \w+,\n {4}(.*),\n {4}\[.*\],\n {4}\[.*\]\n\];\nn0_registry\.registerError\(\1\$, \1\);\n/gm;
const CLASSES_OF_SCHEMAS = /^import \{ (.*), \} from "\.\.\/models\/errors";\n/m;
const BASE = /^import \{ (\w+) \} from "\.\.\/models\/\1";\n/m;
/** What a queue's error was called before, which the service says still. */
const FORMER_NAME = /\[_aQE\]: \[`([^`]+)`/;

/** The files of a client that say what errors its service may answer, without those that nobody looks at. */
export function leanErrors(models: string, schemas: string): { models: string; schemas: string } {
  const needed = new Set(
    [...models.matchAll(CLASS)]
      // The SDK tries again what says so.
      .filter(([text, name = '']) => LOOKED_AT.has(name) || text.includes('$retryable'))
      .map(([, name = '']) => name),
  );
  const all = [...models.matchAll(CLASS)].map(([, name]) => name).sort();
  const known = [...schemas.matchAll(SCHEMA)].map(([, name]) => name).sort();
  const [, base] = BASE.exec(schemas) ?? [];
  const leftOver = `${models.replace(CLASS, '')}${schemas.replace(SCHEMA, '')}`.match(
    /^export class|^n0_registry\.registerError/m,
  );
  if (all.length === 0 || all.join() !== known.join() || base === undefined || leftOver !== null)
    throw new Error('its errors are not written as they are known here');
  const renamed = [...schemas.matchAll(SCHEMA)].flatMap(([, name = '', traits = '']) => {
    const [, former] = FORMER_NAME.exec(traits) ?? [];
    return former === undefined || former === name || needed.has(name) ? [] : [[name, former]];
  });
  return {
    models: models.replace(CLASS, (text, name: string) => (needed.has(name) ? text : '')),
    schemas: schemas
      .replace(
        CLASSES_OF_SCHEMAS,
        needed.size === 0 ? '' : `import { ${[...needed].join(', ')} } from "../models/errors";\n`,
      )
      .replace(SCHEMA, (text, name: string) => (needed.has(name) ? text : ''))
      .replace(/^export const errorTypeRegistries = /m, (text) => `${formerNames(renamed, base)}${text}`)
      .replace(/\[(_\w+)\]: /g, (_, name: string) => `${textOf(schemas, name)}: `),
  };
}

/**
 * The text that a constant of the file stands for. A key that a bundler would have to look up may do anything, to its knowledge, so
 * that it keeps the schemas of all commands which have such a key.
 */
function textOf(schemas: string, name: string): string {
  const [, value] = new RegExp(`^const ${name} = (".*");$`, 'm').exec(schemas) ?? [];
  if (value === undefined) throw new Error(`${name} is no text`);
  return value;
}

/** Registers errors whose former name the service says: without it nobody would know them by the name that they have. */
const formerNames = (renamed: readonly string[][], base: string): string =>
  renamed.length === 0
    ? ''
    : `for (const [name, former] of ${JSON.stringify(renamed)})
    n0_registry.registerError([-3, n0, name, { awsQueryError: [former], error: "client" }, [], []], class extends ${base} {
        constructor(options) {
            super({ name, ...options });
        }
    });
`;
