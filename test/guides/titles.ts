import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const TESTS = join(import.meta.dirname, '..');
const TEXTS = globSync(join(TESTS, '{platforms,payloads,domain,pipeline,storage,lib,system}/**/*.test.ts'))
  .sort()
  .map((file) => ({
    name: relative(TESTS, file).replace(/\.test\.ts$/, ''),
    text: readFileSync(file, 'utf8'),
  }));

/** Test files that have `words` in a title, by their path below `test/`. */
export function testNaming(words: string): string[] {
  return TEXTS.filter(({ text }) => text.includes(words)).map(({ name }) => name);
}
