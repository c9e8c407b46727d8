import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operatorOf } from '../../local/shop/operator.ts';
import type { Shop } from '../../local/shop/shop.ts';
import { SHARED_FOLDER } from './shared-folder.ts';

/** Commands of one run of the tests are compiled once, as `npm run ops` has it. */
const NODE_COMPILE_CACHE = join(process.env[SHARED_FOLDER] ?? tmpdir(), 'compiled');

interface Answer {
  code: number;
  out: string;
  err: string;
}

/** Whoever runs commands on a shop as an operator would: a process for each, by the operator's own credentials. */
export function operatorAt(shop: Pick<Shop, 'assembly' | 'cloud'>) {
  const ops = (...args: string[]): Promise<Answer> => given('', ...args);

  /** A command with something on its standard input. */
  function given(input: string, ...args: string[]): Promise<Answer> {
    const { options, environment } = operatorOf(shop);
    const { PATH, NODE_OPTIONS } = process.env;
    const env = { PATH, NODE_OPTIONS, NODE_COMPILE_CACHE, HOME: tmpdir(), ...environment };
    return new Promise((resolve) => {
      const argv = ['ops/main.ts', ...options, '--as', 'a-test', ...args];
      const child = execFile(process.execPath, argv, { env, timeout: 110_000 }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
      );
      child.stdin?.end(input);
    });
  }
  /** What a command says to a program. @throws Error when it says nothing. */
  async function json(...args: string[]): Promise<{ code: number; said: Record<string, unknown> }> {
    const { code, out, err } = await ops('--json', ...args);
    if (out === '') throw new Error(`no output, exit code ${code}: ${err}`);
    return { code, said: JSON.parse(out) as Record<string, unknown> };
  }
  return { ops, given, json };
}
