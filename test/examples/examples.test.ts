import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const files = globSync('examples/**/*.mjs', { cwd: root });
const readmes = globSync('examples/*/README.md', { cwd: root });

describe('the examples', () => {
  it.each(files)('%s is typed by its comments, and needs nothing but Node', (file) => {
    const text = read(file);

    expect(text.split('\n')[0]).toBe('// @ts-check');
    for (const [, from = ''] of text.matchAll(/^import .* from '([^']+)'/gm))
      expect(from).toMatch(/^(node:|\.\.?\/)/);
  });

  it.each(readmes)('%s says the same in Spanish: same sections, tables, commands', (file) => {
    const shapeOf = (text: string) =>
      text.split('\n').flatMap((line) => /^(#+|\||\d\.|- )/.exec(line)?.[1] ?? []);
    const codeOf = (text: string) => [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code]) => code);
    const [english, spanish] = [read(file), read(file.replace('README.md', 'README.es.md'))];

    expect(shapeOf(spanish)).toEqual(shapeOf(english));
    expect(codeOf(spanish)).toEqual(codeOf(english));
  });
});
