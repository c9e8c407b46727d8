import { execFileSync } from 'node:child_process';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../ops/completion.ts';
import { wordsOf } from '../../ops/examples.ts';
import { createProgram } from '../../ops/program.ts';

const program = createProgram();
const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

/** What bash offers after these words, of which the last is not finished. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash', program)}
COMP_WORDS=(acopio "$@"); COMP_CWORD=$#; _acopio; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

describe('bash completes', () => {
  it.each([
    ['a command', ['thr'], ['throttle']],
    ['a command of a group', ['orders', 'ta'], ['tail']],
    ['a command after an option of the program', ['--merchant', 'demo', 'thr'], ['throttle']],
    ['an option', ['orders', 'list', '--not'], ['--not-acknowledged']],
    ['a value that is one of a few', ['replay', '--source', ''], ['raw', 'fresh']],
    ['the shell', ['completion', 'z'], ['zsh']],
    ['nothing where nothing is known', ['find', '1042'], []],
  ])('%s', (_, words, found) => {
    expect(offered(...words)).toEqual(found);
  });

  it('an option after an order was named', () => {
    expect(offered('replay', '1042', '--dry')).toEqual(['--dry-run']);
  });
});

it.each(['bash', 'zsh', 'fish'] as const)('%s is told of every command', (shell) => {
  const script = completionScript(shell, program);

  for (const command of all(program).slice(1)) expect(script).toContain(`' ${wordsOf(command)}`);
});
