import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../functions/domain/command.ts';
import { platforms } from '../../functions/platforms/registry.ts';
import { commandsDocument } from '../../scripts/commands-document.ts';

it('docs/commands.md is up to date (npm run docs)', () => {
  const written = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8');

  expect(written).toBe(commandsDocument());
});

describe('docs/commands.md', () => {
  it('has every command of every platform', () => {
    const text = commandsDocument();
    const rows = text
      .split('\n')
      .filter((line) => platforms().some(({ title }) => line.startsWith(`| ${title} |`)));

    expect(rows).toHaveLength(COMMANDS.length * platforms().length);
  });

  it('says of what is not done at all what to do instead: two sentences', () => {
    const refused = commandsDocument()
      .split('\n')
      .filter((line) => line.includes('| none |'));

    expect(refused.length).toBeGreaterThan(0);
    for (const row of refused) expect(row).toMatch(/\| none \| [^|]+\. [A-Z][^|]+\. \|/);
  });
});
