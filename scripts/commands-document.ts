import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { COMMANDS, type CommandName } from '../functions/domain/command.ts';
import { commandInputs } from '../functions/domain/command-inputs.ts';
import type { CommandTable, PlatformCommand } from '../functions/platforms/commands.ts';
import { platforms } from '../functions/platforms/registry.ts';

const INTRO = `# Commands, platform by platform

Made by \`npm run docs\` from the command tables; a test fails when it is out of date. Change a table in
\`functions/platforms/<name>/commands\`, and run it again.

A command is looked for at the platform before its call, and again after it. What is there already is done without a call. A
command expires after seven days, where nothing else is said. What is "not passed on" is taken, has no place at the platform, and is
named once the command is done.
`;

/** A merchant's configuration with every platform in it. */
const DEMO = join(import.meta.dirname, '../config/merchants/demo.json');
const demo = z.object({ platforms: z.record(z.string(), z.unknown()) });

/** Inputs between which it may differ whether twice harms. */
const SAMPLES: Readonly<Record<CommandName, readonly object[]>> = {
  ready: [{}],
  dispatch: [{}, { notify: true }],
  track: [{ status: 'lost' }],
  deliver: [{}],
  cancel: [
    { reason: 'other', restock: false },
    { reason: 'other', restock: true, notify: true },
  ],
  items: [{ lines: [{ line: 'line', quantity: 1 }] }, { added: [{ sku: 'sku', quantity: 1 }] }],
  invoice: [{ key: 'key' }],
  note: [{ text: '' }],
  close: [{}],
  reopen: [{}],
  pay: [{}],
};

/** The text of `docs/commands.md`. */
export function commandsDocument(): string {
  const settings = demo.parse(JSON.parse(readFileSync(DEMO, 'utf8'))).platforms;
  const tables = platforms().flatMap((platform) => {
    const [store] = platform.stores(platform.settings().parse(settings[platform.name]));
    return store === undefined ? [] : [{ title: platform.title, table: platform.commands(store) }];
  });
  const sections = COMMANDS.map((name) =>
    [
      `## ${name}`,
      '',
      `Told: ${fieldsOf(name)}.`,
      '',
      line([
        'Platform',
        'Call',
        'Refused when',
        'Never twice because',
        'If nobody knows whether it happened',
      ]),
      line(['---', '---', '---', '---', '---']),
      ...tables.map(({ title, table }) => line([title, ...cells(table, name)])),
      '',
    ].join('\n'),
  );
  return [INTRO, ...sections].join('\n');
}

function cells(table: CommandTable, name: CommandName): string[] {
  const entry = table[name];
  if ('refused' in entry) return ['none', entry.refused, '', ''];
  const { call, once, refusedWhen, ignores, expiresAfterHours }: PlatformCommand = entry;
  const expiry = expiresAfterHours === undefined ? [] : [`Expires after ${expiresAfterHours} hours.`];
  const unused = ignores === undefined ? [] : [`Not passed on: ${ignores.map(code).join(', ')}.`];
  return [
    [call, ...unused, ...expiry].join('<br>'),
    refusedWhen.join('<br>'),
    once,
    // Each entry takes the input of its own name, which a look-up by name cannot say.
    unknownOutcome(entry as PlatformCommand, name),
  ];
}

function unknownOutcome(command: PlatformCommand, name: CommandName): string {
  const verdicts = new Set(SAMPLES[name].map((sample) => command.twice(commandInputs()[name].parse(sample))));
  if (!verdicts.has('harmful')) return 'looked for, then made again: twice is as once';
  if (!verdicts.has('harmless')) return 'looked for, then a person decides';
  return 'looked for, then made again; where the buyer, the stock or the bill would notice, a person decides';
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  items?: JsonSchema;
  type?: string;
  enum?: readonly unknown[];
}

function fieldsOf(name: CommandName): string {
  const { properties = {}, required = [] } = z.toJSONSchema(commandInputs()[name], {
    io: 'input',
  }) as JsonSchema;
  const fields = Object.entries(properties).map(
    ([field, schema]) => `${code(field)} (${typeOf(schema)}${required.includes(field) ? '' : ', optional'})`,
  );
  return fields.length === 0 ? 'nothing' : fields.join(', ');
}

function typeOf({ type, enum: words, items }: JsonSchema): string {
  if (words !== undefined) return words.join(' or ');
  if (type === 'array')
    return `list of ${Object.keys(items?.properties ?? {})
      .map(code)
      .join(', ')}`;
  return type === 'string' ? 'text' : type === 'boolean' ? 'yes or no' : (type ?? 'anything');
}

const code = (text: string): string => `\`${text}\``;
const line = (row: readonly string[]): string =>
  `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
