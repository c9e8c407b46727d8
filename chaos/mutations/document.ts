import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { INVARIANTS } from '../invariants/violation.ts';
import type { MutationResult } from './run.ts';

const FILE = fileURLToPath(new URL('../../docs/chaos.md', import.meta.url));
const [BEGIN, END] = ['<!-- written by the run: begin -->', '<!-- written by the run: end -->'];

/** Puts the table of mutations into `docs/chaos.md`, between its marks. */
export async function writeDocument(
  results: readonly MutationResult[],
  { seed, hours }: { seed: number; hours: number },
): Promise<void> {
  const text = await readFile(FILE, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`${FILE} has no place for the table: ${BEGIN} and ${END} are missing`);
  const table = [
    `\`npm run chaos -- --mutations --seed ${seed} --hours ${hours}\``,
    '',
    '| mutation | what goes wrong | noticed by | in world |',
    '|---|---|---|---|',
    ...results.map(
      ({ name, harm, caught, worlds }) =>
        `| ${name} | ${harm} | ${caught === undefined ? '**nobody**' : caught.invariant} | ${caught?.seed ?? `none of ${worlds}`} |`,
    ),
  ].join('\n');
  await writeFile(FILE, `${text.slice(0, begin + BEGIN.length)}\n${table}\n${text.slice(end)}`);
}

/** The promises as a list, for the same document. */
export const invariantList = (): string =>
  Object.entries(INVARIANTS)
    .map(([name, meaning]) => `- \`${name}\`: ${meaning}`)
    .join('\n');
