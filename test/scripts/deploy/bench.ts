import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Merchant } from '../../../config/merchant.ts';
import type { Stacks } from '../../../scripts/deploy/stacks.ts';
import type { Target } from '../../../scripts/deploy/words.ts';
import { flatten, type SynthesizedStack, stacksOf } from '../../lib/assembly.ts';
import { Account, exportsOf, Refused } from '../../lib/cloudformation.ts';

/** An account that was prepared for the CDK. */
export function preparedAccount(): Account {
  const account = new Account();
  const template: SynthesizedStack = {
    name: 'CDKToolkit',
    terminationProtection: false,
    resources: [],
    outputs: [],
  };
  account.stacks.set('CDKToolkit', { status: 'CREATE_COMPLETE', isProtected: false, template });
  return account;
}

const stacksIn = (account: Account): Stacks => ({
  async find(name) {
    const stack = account.stacks.get(name);
    if (stack === undefined) return undefined;
    const { status, isProtected, template } = stack;
    const outputs = Object.fromEntries(template.outputs.map(({ key, Value }) => [key, textOf(Value)]));
    return { status, isProtected, exports: exportsOf(template), outputs };
  },
  async unprotect(name) {
    const stack = account.stacks.get(name);
    if (stack !== undefined) stack.isProtected = false;
  },
});

function textOf(value: unknown): string {
  try {
    return flatten(value);
  } catch {
    return 'a name that AWS makes';
  }
}

/** The words of one merchant on a modelled account: what was printed and which calls of the CDK were made is kept. */
export function wordsOf(account: Account, merchant: Merchant) {
  const folder = mkdtempSync(join(tmpdir(), 'acopio-words-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [printed, calls]: [string[], string[][]] = [[], []];
  let synthesized: readonly SynthesizedStack[] = [];

  const synth = (args: readonly string[]): void => {
    synthesized = stacksOf(merchant, { creates: args.includes('creates=true') });
    const to = args[args.indexOf('--output') + 1] ?? folder;
    mkdirSync(to, { recursive: true });
    for (const stack of synthesized) {
      const Outputs = Object.fromEntries(stack.outputs.map(({ key, ...output }) => [key, output]));
      writeFileSync(join(to, `${stack.name}.template.json`), JSON.stringify({ Outputs }));
    }
  };
  const deploy = (args: readonly string[]): void => {
    const only = args.includes('--exclusively') ? args[1] : undefined;
    const meant = synthesized.filter(({ name }) => only === undefined || name === only);
    for (const stack of meant) account.deploy(stack);
    const outputs = Object.fromEntries(
      meant.map(({ name, outputs: all }) => [
        name,
        Object.fromEntries(all.map(({ key, Value }) => [key, textOf(Value)])),
      ]),
    );
    const file = args.indexOf('--outputs-file');
    if (file >= 0) writeFileSync(args[file + 1] ?? '', JSON.stringify(outputs));
  };
  const destroy = (): void => {
    for (const { name } of stacksOf(merchant, { creates: false }).toReversed()) account.destroy(name);
  };

  const target: Target = {
    merchant,
    file: `config/merchants/${merchant.name}.json`,
    flags: [],
    yes: true,
    folder,
    stacks: stacksIn(account),
    print: (text) => printed.push(text),
    async cdk(args) {
      calls.push([...args]);
      try {
        if (args[0] === 'synth') synth(args);
        else if (args[0] === 'deploy') deploy(args);
        else if (args[0] === 'destroy') destroy();
        return 0;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        printed.push(error.message);
        return 1;
      }
    },
  };
  return { target, printed, calls };
}
