import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { merchantFile } from '../../../config/merchant.ts';
import { DeployCommandError } from '../../../scripts/deploy/command-error.ts';
import { isToCreate, stepsOf } from '../../../scripts/deploy/order.ts';
import { createProgram } from '../../../scripts/deploy/program.ts';
import { demo } from '../../lib/assembly.ts';
import { preparedAccount, wordsOf } from './bench.ts';

/** Runs a word of the command line on a modelled account. */
async function type(account: ReturnType<typeof preparedAccount>, ...args: string[]) {
  const { target, printed, calls } = wordsOf(account, demo);
  const { cdk, print, folder, stacks } = target;
  await createProgram({ cdk, print, folder, stacks: () => stacks }).parseAsync(args, { from: 'user' });
  return { printed: printed.join('\n'), calls: calls.map((call) => call.join(' ')) };
}

describe('the words', () => {
  test('say which merchants there are, and what to type, when none is named', async () => {
    await expect(type(preparedAccount(), 'synth')).rejects.toThrow(
      new DeployCommandError(
        'name the merchant. Each has a file in config/merchants; type one of these:\n  npm run synth -- --merchant demo',
      ),
    );
  });

  test('name the merchants that there are when another one is meant', async () => {
    await expect(type(preparedAccount(), 'deploy', '--merchant', 'nobody')).rejects.toThrow(
      /there are: demo/,
    );
  });

  test('synth says what to type next, and what takes AWS a day', async () => {
    const { printed } = await type(preparedAccount(), 'synth', '--merchant', 'demo');

    expect(printed).toMatch(/Next: npm run deploy -- --merchant demo\n/);
    expect(printed).toMatch(/runs 30 functions at once .*Service Quotas/);
  });

  test('a merchant that is named twice, and not alike, is not deployed', async () => {
    const { target, calls } = wordsOf(preparedAccount(), demo);
    const words = ['deploy', '--merchant', 'other', '--merchant-file', merchantFile('demo')];

    const typed = createProgram({ ...target, stacks: () => target.stacks }).parseAsync(words, {
      from: 'user',
    });

    await expect(typed).rejects.toThrow('--merchant says "other"');
    expect(calls).toEqual([]);
  });

  test('a merchant whose file lies elsewhere is named by it', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'acopio-merchant-')), 'other.json');
    onTestFinished(() => rmSync(dirname(file), { recursive: true }));
    copyFileSync(merchantFile('demo'), file);

    const { printed } = await type(preparedAccount(), 'synth', '--merchant-file', file);

    expect(printed).toContain(`npm run deploy -- --merchant-file ${file}`);
  });

  test.each(['bootstrap', 'diff', 'deploy'])(
    '%s says what is wrong with the credentials before the CDK runs',
    async (word) => {
      const account = preparedAccount();
      const { target, calls } = wordsOf(account, demo);
      const find = () => Promise.reject(new DeployCommandError('there are no AWS credentials that work'));
      const reach = { ...target, stacks: () => ({ ...target.stacks, find }) };

      const typed = createProgram(reach).parseAsync([word, '--merchant', 'demo'], { from: 'user' });

      await expect(typed).rejects.toThrow(/no AWS credentials that work/);
      expect(calls).toEqual([]);
    },
  );

  test.each(['synth', 'diff', 'bootstrap', 'deploy'])('%s hands the flags of the CDK on', async (word) => {
    const { calls } = await type(
      preparedAccount(),
      word,
      '--merchant',
      'demo',
      '--verbose',
      '--role-arn',
      'arn:x',
    );

    expect(
      calls.find((call) => call.startsWith(word) && call.includes('--verbose --role-arn arn:x')),
    ).toBeDefined();
  });

  test('ask about permissions, unless --yes answers', async () => {
    const asked = await type(preparedAccount(), 'deploy', '--merchant', 'demo');
    const told = await type(preparedAccount(), 'deploy', '--merchant', 'demo', '--yes');
    const first = ({ calls }: { calls: string[] }) => calls.find((call) => call.startsWith('deploy --all'));

    expect(first(asked)).not.toContain('--require-approval');
    expect(asked.printed).toContain('Answer y, or use --yes');
    expect(first(told)).toContain('--require-approval never');
  });

  test('send who has not prepared the account to bootstrap', async () => {
    const account = preparedAccount();
    account.stacks.clear();

    await expect(type(account, 'deploy', '--merchant', 'demo')).rejects.toThrow(
      /npm run bootstrap -- --merchant demo/,
    );
  });
});

test.each([
  [undefined, true],
  ['ROLLBACK_COMPLETE', true],
  ['ROLLBACK_FAILED', true],
  ['REVIEW_IN_PROGRESS', true],
  ['CREATE_COMPLETE', false],
  ['UPDATE_ROLLBACK_COMPLETE', false],
])('a stack in state %s is created: %s', (status, creates) => {
  const stack = status === undefined ? undefined : { status, isProtected: false, exports: [], outputs: {} };

  expect(isToCreate(stack)).toBe(creates);
});

test.each([
  [['a'], ['a'], 'all at once'],
  [['a'], ['a', 'b'], 'all at once'],
  [['a', 'b'], ['a'], 'importers first'],
  [['a'], ['b'], 'conflict'],
])('from the exports %j to %j it goes %s', (deployed, synthesized, steps) => {
  expect(stepsOf([{ deployed, synthesized }])).toBe(steps);
});
