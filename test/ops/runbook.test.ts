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

describe('what the runbook tells an operator to type for AWS', () => {
  const articles = runbook.split(/^(?=## )/m);

  it('shows the id of each mapping that it tells to enable', () => {
    const enabling = articles.filter((text) => text.includes('update-event-source-mapping --uuid'));

    expect(enabling.length).toBeGreaterThan(3);
    for (const text of enabling) expect(text).toMatch(/EventSourceMappings\[\]\.(?:\[UUID,|UUID')/);
  });

  it('names at its beginning each call that changes something and that the operator’s policy does not allow', () => {
    const [first = ''] = articles.filter((text) => text.startsWith('## Before you start'));
    const allowed = new Set(['delete-item', 'purge-queue', 'receive-message']);
    const reads = /^(?:describe|list|get|start-query|query|scan|tail)/;
    const calls = new Set([...runbook.matchAll(/\baws [a-z]+ ([a-z-]+)/g)].map(([, call = '']) => call));

    const changing = [...calls].filter((call) => !reads.test(call) && !allowed.has(call));

    expect(changing.length).toBeGreaterThan(3);
    for (const call of changing) expect(first).toContain(`\`${call}\``);
  });
});
