import type { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { merchantFile } from '../../config/merchant.ts';
import { createProgram } from '../../ops/program.ts';

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

it('no command takes a secret as a word of its line, where every user of the machine sees it', () => {
  const taken = all(createProgram()).flatMap((command) => [
    ...command.options.filter((option) => option.required || option.optional).map((option) => option.flags),
    ...command.registeredArguments.map((argument) => argument.name()),
  ]);

  expect(taken.length).toBeGreaterThan(30);
  expect(taken.filter((one) => /secret|token|password|credential|api-?key/i.test(one))).toEqual([]);
});

it.each([
  ['a pause', ['platforms', 'pause', 'nowhere']],
  ['a row that is dismissed', ['attention', 'dismiss', 'nowhere:1']],
])('%s is not taken without a reason, which an empty one is', async (_, words) => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);

  const parsed = createProgram().parseAsync([...words, '--reason', '  '], { from: 'user' });

  await expect(parsed).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  expect(said.mock.calls.join('')).toContain('It must say why, in 3 to 300 characters.');
});

describe('a merchant that is named twice', () => {
  const file = merchantFile('demo');
  const outputs = ['--outputs', '/nowhere.json', 'platforms'];
  afterEach(() => vi.unstubAllEnvs());

  it('by two options, of which one says another, has no command done', async () => {
    const parsed = createProgram().parseAsync(['--merchant', 'other', '--merchant-file', file, ...outputs], {
      from: 'user',
    });

    await expect(parsed).rejects.toThrow('--merchant says "other"');
  });

  it('by the variable is the one that the line names', async () => {
    vi.stubEnv('ACOPIO_MERCHANT', 'other');

    const parsed = createProgram().parseAsync(['--merchant-file', file, ...outputs], { from: 'user' });

    await expect(parsed).rejects.toThrow('/nowhere.json is missing');
  });
});
