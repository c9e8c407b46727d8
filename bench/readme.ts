import { readFile, writeFile } from 'node:fs/promises';

const README = new URL('./README.md', import.meta.url);

/**
 * Puts what a run printed between the marks `<!-- name: written by the run -->` and `<!-- name: end -->` of bench/README.md.
 *
 * @throws Error naming the marks when they are not there.
 */
export async function replaceSection(name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${name}: written by the run -->`, `<!-- ${name}: end -->`];
  const readme = await readFile(README, 'utf8');
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(
      `bench/README.md has no place for the tables. Put the lines "${begin}" and "${end}" where they belong.`,
    );
  }
  await writeFile(README, `${readme.slice(0, from + begin.length)}\n\n${text}\n\n${readme.slice(to)}`);
}
