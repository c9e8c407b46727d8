import type { Command } from 'commander';
import { expect, it } from 'vitest';
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
