import { tmpdir } from 'node:os';
import { operatorOf } from '../../local/shop/operator.ts';
import type { Shop } from '../../local/shop/shop.ts';
import { type Answer, operatorProcesses } from './operator-process.ts';

/** Whoever runs commands on a shop as an operator would: apart from the tests, by the operator's own credentials. */
export function operatorAt(shop: Pick<Shop, 'assembly' | 'cloud'>) {
  let running: ReturnType<typeof operatorProcesses> | undefined;
  const ops = (...args: string[]): Promise<Answer> => given('', ...args);

  /** A command with something on its standard input. */
  function given(input: string, ...args: string[]): Promise<Answer> {
    const { options, environment } = operatorOf(shop);
    const { PATH, NODE_OPTIONS, NODE_COMPILE_CACHE } = process.env;
    running ??= operatorProcesses({ PATH, NODE_OPTIONS, NODE_COMPILE_CACHE, HOME: tmpdir(), ...environment });
    return running({ words: [...options, '--as', 'a-test', ...args], input });
  }
  /** What a command says to a program. @throws Error when it says nothing. */
  async function json(...args: string[]): Promise<{ code: number; said: Record<string, unknown> }> {
    const { code, out, err } = await ops('--json', ...args);
    if (out === '') throw new Error(`no output, exit code ${code}: ${err}`);
    return { code, said: JSON.parse(out) as Record<string, unknown> };
  }
  return { ops, given, json };
}
