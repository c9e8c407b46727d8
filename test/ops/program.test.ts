import type { Command } from 'commander';
import { expect, it, vi } from 'vitest';
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
