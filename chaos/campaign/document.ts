import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { INVARIANTS } from '../invariants/violation.ts';
import type { Mutation } from '../mutations/mutation.ts';
import { countNoticed, type MutationResult } from './run-mutations.ts';
import { codeOf, type StoredResult, storedResult } from './stored-results.ts';

const FILE = fileURLToPath(new URL('../../docs/chaos.md', import.meta.url));

/**
 * Puts the promises, and the table of all mutations as it was stored, into `docs/chaos.md`, between their marks. Answers which
 * results are of other code than there is now: those are to be run again.
 */
export async function writeDocument(mutations: readonly Mutation[]): Promise<string[]> {
  const results = await Promise.all(
    mutations.map(async (mutation) => ({
      mutation,
      found: await storedResult('worlds', mutation.name),
      test: await storedResult('test', mutation.name),
      codes: { worlds: await codeOf('worlds', mutation), test: await codeOf('test', mutation) },
    })),
  );
  const promises = Object.entries(INVARIANTS).map(([name, meaning]) => `- \`${name}\`: ${meaning}`);
  const text = await readFile(FILE, 'utf8');
  await writeFile(FILE, within(within(text, 'promises', promises), 'mutations', tableOf(results)));
  return results.flatMap(({ mutation, found, test, codes }) => [
    ...(isEarlier(found, codes.worlds) ? [`the worlds of ${mutation.name}`] : []),
    ...(isEarlier(test, codes.test) ? [`the test of ${mutation.name}`] : []),
  ]);
}

type Row = MutationResult & { test: StoredResult<'test'> | undefined; codes: Codes };

/** What results would be of now. */
interface Codes {
  worlds: string;
  test: string;
}

/** Stands behind a result of other code than there is now. */
const EARLIER = '°';

function tableOf(rows: readonly Row[]): string[] {
  const withTest = rows.filter(({ mutation }) => typeof mutation.test !== 'string');
  const failing = withTest.filter(({ test }) => test?.noticed === true).length;
  const missing = withTest.filter(({ test }) => test === undefined).length;
  const old = rows.filter(
    ({ found, test, codes }) => isEarlier(found, codes.worlds) || isEarlier(test, codes.test),
  );
  return [
    `\`npm run chaos -- --mutations\`: ${countNoticed(rows)}.`,
    `\`npm run chaos -- --mutations --tests\`: ${failing} of ${withTest.length} named tests fail on theirs${missing === 0 ? '' : `; ${missing} not run yet`}.`,
    ...(old.length === 0 ? [] : ['', `${EARLIER} The run was of an earlier state of the code.`]),
    '',
    '| mutation | what goes wrong | noticed by | in world | and by the test |',
    '|---|---|---|---|---|',
    ...rows.map(
      (row) => `| ${[row.mutation.name, row.mutation.harm, ...worldCells(row), testCell(row)].join(' | ')} |`,
    ),
  ];
}

const isEarlier = (result: { code: string } | undefined, code: string): boolean =>
  result !== undefined && result.code !== code;

const markOf = (result: { code: string } | undefined, code: string): string =>
  isEarlier(result, code) ? EARLIER : '';

function worldCells({ mutation: { noticedBy, worlds }, found, codes }: Row): [string, string] {
  if (typeof noticedBy === 'string') return [`no world: ${noticedBy}`, '-'];
  if (found === undefined) return ['not run yet', '-'];
  const mark = markOf(found, codes.worlds);
  if (found.caught === undefined) return ['**nobody**', `none of ${found.worlds}${mark}`];
  const kind = worlds === undefined ? '' : ` (${worlds})`;
  return [`\`${found.caught.invariant}\``, `${found.caught.seed}${kind}${mark}`];
}

function testCell({ mutation, test, codes }: Row): string {
  if (typeof mutation.test === 'string') return `none: ${mutation.test}`;
  const name = `${mutation.test.file.replace(/^test\/|\.test\.ts$/g, '')}: ${mutation.test.title}`;
  if (test === undefined) return `not run yet: ${name}`;
  return `${test.noticed ? '' : '**does not fail:** '}${name}${markOf(test, codes.test)}`;
}

function within(text: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${FILE} has no place for the ${name}: "${begin}" is missing`);
  return `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`;
}
