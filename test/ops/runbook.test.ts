import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { en } from '../../ops/page/texts/en.ts';
import { createProgram } from '../../ops/program.ts';

const runbook = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');
const blocks = [...runbook.matchAll(/^```sh\n(.*?)^```/gms)].map(([, code = '']) => code);
const lines = blocks.flatMap((code) => code.split('\n').filter((line) => line.startsWith('ops ')));
const inline = [...runbook.matchAll(/`(ops [^`]+)`/g)].map(([, command = '']) =>
  command.replace(/\s+/g, ' '),
);

/** The command that a line means, with the words that are left for it. */
function find(words: string[]): { command: Command; rest: string[] } {
  let command: Command = createProgram();
  const rest = [...words];
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (next === undefined) return { command, rest };
    command = next;
    rest.shift();
  }
}

describe('what the runbook tells an operator to type', () => {
  it('is there to be checked', () => {
    expect(lines.length).toBeGreaterThan(8);
  });

  it.each([...lines, ...inline])('%s', (line) => {
    const { command, rest } = find(line.split(' ').slice(1));
    const known = [...command.options, ...createProgram().options].map(({ long }) => long);
    const wanted = rest.filter((word) => word.startsWith('--') && word !== '--help');

    if (!line.includes('--help'))
      expect(Reflect.get(command, '_actionHandler'), 'a command that does something').toBeTruthy();
    for (const option of wanted) expect(known).toContain(option);
    const places = command.registeredArguments.filter(({ required }) => required).length;
    const named = rest.filter((word, at) => !word.startsWith('--') && !rest[at - 1]?.startsWith('--'));
    expect(named.length).toBeGreaterThanOrEqual(places);
  });
});

describe('each article of an alarm', () => {
  const articles = runbook.split(/^(?=## )/m).filter((text) => text.includes('### Investigation'));
  const screens = [
    en.find,
    en.review,
    en.now,
    en.commands,
    en.stock,
    en.deadLetters,
    en.reconciliations,
    en.audit,
  ];

  it('is there to be checked', () => {
    expect(articles.length).toBeGreaterThan(40);
  });

  it.each(articles.map((text) => [text.slice(3, text.indexOf('\n')), text]))(
    '%s begins its investigation with the screen, if one shows it, and the command',
    (_, text) => {
      const [, screen] =
        /^### Investigation\n\n(?:Screen \*\*(.+?)\*\*|No screen shows it); command `ops .+`\.$/m.exec(
          text,
        ) ?? [undefined, 'neither is said'];

      expect([...screens, undefined]).toContain(screen);
    },
  );
});
