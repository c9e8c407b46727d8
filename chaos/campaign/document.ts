import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { INVARIANTS } from '../invariants/violation.ts';
import { countNoticed, type MutationResult } from './run-mutations.ts';

const FILE = fileURLToPath(new URL('../../docs/chaos.md', import.meta.url));

/** Puts the promises and the table of mutations into `docs/chaos.md`, between their marks. */
export async function writeDocument(
  results: readonly MutationResult[],
  { seed, hours }: { seed: number; hours: number },
): Promise<void> {
  const promises = Object.entries(INVARIANTS).map(([name, meaning]) => `- \`${name}\`: ${meaning}`);
  const table = [
    `\`npm run chaos -- --mutations --seed ${seed} --hours ${hours}\`: ${countNoticed(results)}.`,
    '',
    '| mutation | what goes wrong | noticed by | in world | and by the test |',
    '|---|---|---|---|---|',
    ...results.map(
      (result) => `| ${[result.name, result.harm, ...worldCells(result), testCell(result)].join(' | ')} |`,
    ),
  ];
  const text = await readFile(FILE, 'utf8');
  await writeFile(FILE, within(within(text, 'promises', promises), 'mutations', table));
}

function worldCells({ caught, unseen, worlds }: MutationResult): [string, string] {
  if (unseen !== undefined) return [`no world: ${unseen}`, '-'];
  return caught === undefined
    ? ['**nobody**', `none of ${worlds}`]
    : [`\`${caught.invariant}\``, caught.seed];
}

const testCell = ({ test }: MutationResult): string =>
  typeof test === 'string'
    ? `none: ${test}`
    : `${test.file.replace(/^test\/|\.test\.ts$/g, '')}: ${test.title}`;

function within(text: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${FILE} has no place for the ${name}: "${begin}" is missing`);
  return `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`;
}
