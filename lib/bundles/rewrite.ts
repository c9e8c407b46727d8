import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeployError } from '../deploy-error.ts';

/** What takes the place of a file's text. @throws Error where the text is another than is known here */
export type Lean = (text: string) => string;

/** What a file exports, each by a declaration of its own. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/^export (?:(?:async )?function|class|const) (\w+)/gm)]
    .map(([, name = '']) => name)
    .sort();

/** The same names, of what no function reaches. */
export const unreached: Lean = (text) =>
  namesIn(text)
    .map((name) => `export function ${name}() { throw new Error('no function reaches ${name}'); }\n`)
    .join('');

/** The same names, of other values. */
export const instead =
  (lean: string): Lean =>
  (text) => {
    const [had, has] = [text, lean].map((one) => namesIn(one).join(', '));
    if (had !== has) throw new Error(`it exports ${had}, where ${has} is known here`);
    return lean;
  };

/** Another part in the place of one that stands there once. */
export const replacing =
  (part: string, lean: string): Lean =>
  (text) => {
    if (text.split(part).length !== 2) throw new Error(`it has not once: ${part}`);
    return text.replace(part, () => lean);
  };

/**
 * Rewrites files of a package's copy, all at once.
 *
 * @throws DeployError when one is not as it is known here: whoever renews the package looks at it again
 */
export function rewrite(
  { folder, of }: { folder: string; of: string },
  files: string[],
  lean: (texts: string[]) => string[],
): void {
  const paths = files.map((file) => join(folder, file));
  try {
    const texts = lean(paths.map((path) => readFileSync(path, 'utf8')));
    for (const [index, path] of paths.entries()) writeFileSync(path, texts[index] ?? '');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DeployError(`a function does not bundle: ${files.join(' and ')} of ${of} is another: ${why}`);
  }
}
