import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const english = read('README.md');
const spanish = read('README.es.md');

const promises = [...english.matchAll(/`(test\/[\w./-]+\.test\.ts)`: (.+?) \|$/gm)].map(
  ([, file = '', title = '']) => ({ file, title }),
);
const codeOf = (text: string) =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code = '']) => code.replace(/\s*#.*$/gm, ''));
const linksOf = (text: string) =>
  [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
const shapeOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^(#|\||\d\.|- )/.test(line))
    .map((line) => line.slice(0, 2));

describe('the READMEs', () => {
  it('make promises', () => {
    expect(promises.length).toBeGreaterThanOrEqual(12);
  });

  it.each(promises)('name a test that exists: $title', ({ file, title }) => {
    expect(read(file)).toContain(
      title.replaceAll("'", "\\'").length === title.length ? title : title.slice(0, 40),
    );
  });

  it('link only to what is there', () => {
    for (const link of [...linksOf(english), ...linksOf(spanish)])
      expect(existsSync(join(root, link)), link).toBe(true);
  });

  it('are in step: same sections, same tables, same commands, same proofs', () => {
    expect(shapeOf(spanish)).toEqual(shapeOf(english));
    expect(codeOf(spanish)).toEqual(codeOf(english));
    for (const { file, title } of promises) expect(spanish).toContain(`\`${file}\`: ${title}`);
  });

  it('name only commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, name = ''] of english.matchAll(/npm run ([\w:-]+)/g))
      expect(Object.keys(scripts)).toContain(name);
  });

  it('name the command for the tests that CI runs first', () => {
    const command =
      codeOf(english)
        .join('')
        .match(/^npm test$/m)?.[0] ?? 'none';
    const [first] = read('.ci/run').match(/^step .*$/gm) ?? [];

    expect(first).toBe(`step ${command}`);
  });
});
