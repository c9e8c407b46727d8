import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Mutation, NamedTest } from '../mutations/mutation.ts';
import { codeOf, storedResult, storeResult } from './stored-results.ts';

/** Whether the test that a mutation names fails on it. */
export interface TestResult {
  name: string;
  noticed: boolean;
  /** The test, or why there is none. */
  test: NamedTest | string;
}

/** Runs each mutation's named test with the mutation in the source, one after the other, and keeps what each came to. */
export async function runNamedTests(options: {
  mutations: readonly Mutation[];
  /** Takes over what earlier runs of the same code stored. */
  resume: boolean;
  onResult(result: TestResult, done: number): void;
}): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const mutation of options.mutations) {
    const { name, test, playedBy } = mutation;
    const code = await codeOf('test', mutation);
    const known = options.resume ? await storedResult('test', name) : undefined;
    const isKnown = known !== undefined && known.code === code;
    const named = [test, playedBy].filter((one) => typeof one === 'object');
    const noticed = isKnown ? known.noticed : await allFail(name, named);
    if (!isKnown) await storeResult('test', name, { noticed, code });
    const result = { name, noticed, test };
    results.push(result);
    options.onResult(result, results.length);
  }
  return results;
}

/** Exit code of vitest when a test failed; it has the same one for a run that could not begin, so the output is looked at too. */
const FAILED = 1;

async function allFail(mutation: string, tests: readonly NamedTest[]): Promise<boolean> {
  for (const test of tests) if (!(await fails(mutation, test))) return false;
  return true;
}

function fails(mutation: string, { file, title }: NamedTest): Promise<boolean> {
  const [command, root] = ['../../node_modules/vitest/vitest.mjs', '../../'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  // What stands for a value of `it.each` is another text in every title.
  const pattern = title.split('%')[0] === '' ? (title.split(/%\w/)[1] ?? '') : (title.split(/%\w/)[0] ?? '');
  const options = [
    'run',
    file,
    '-t',
    pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    '--reporter=default',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command ?? '', ...options], {
      cwd: root,
      env: { ...process.env, ACOPIO_MUTATION: mutation, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === FAILED && failedTests(output) > 0));
  });
}

const failedTests = (output: string): number => Number(/Tests +(\d+) failed/.exec(output)?.[1] ?? 0);

/** A result for a person, in a line. */
export function sayTest({ name, noticed, test }: TestResult): string {
  if (typeof test === 'string') return `no test      ${name}: ${test}`;
  return `${noticed ? 'noticed    ' : 'NOT NOTICED'}  ${name}: ${test.file}, ${test.title}`;
}
