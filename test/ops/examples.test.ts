import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { examplesOf, wordsOf } from '../../ops/examples.ts';
import { createProgram } from '../../ops/program.ts';

/** Their groups show examples of their own. */
const ELSEWHERE = /^(webhooks|events|commands)\b/;

const leaves = (command: Command): Command[] => [
  ...(Reflect.get(command, '_actionHandler') ? [command] : []),
  ...command.commands.flatMap(leaves),
];
const commands = leaves(createProgram()).filter((one) => !ELSEWHERE.test(wordsOf(one)));

describe('the help of', () => {
  it.each(commands.map((command) => [wordsOf(command), command] as const))(
    '%s shows an example',
    (words, command) => {
      expect(examplesOf(command)).not.toEqual([]);
      for (const line of examplesOf(command)) expect(line.startsWith(words)).toBe(true);
    },
  );
});
