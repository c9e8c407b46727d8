import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';

const ROOT = join(import.meta.dirname, '..', '..');

/** A regular expression as it stands in a source file. */
export interface Expression {
  file: string;
  pattern: string;
  flags: string;
}

/** Every regular expression that a function of ours may run. */
export function expressionsInFunctions(): Expression[] {
  return globSync('functions/**/*.ts', { cwd: ROOT })
    .sort()
    .flatMap((file) => {
      const found: Expression[] = [];
      const source = readFileSync(join(ROOT, file), 'utf8');
      collect(parseSync(source, { syntax: 'typescript' }), (one) => found.push({ file, ...one }));
      return [...found, ...made(source).map((one) => ({ file, ...one }))];
    });
}

/** Stands for a text that is put into an expression: a currency's sign, escaped. */
const SOME_SIGN = '\\$';

/** Expressions that are put together of a text, numbers of the same file, and short words of ours. */
function made(source: string): { pattern: string; flags: string }[] {
  return source
    .split('new RegExp(')
    .slice(1)
    .map((rest) => {
      const [, template, flags = ''] = /^\s*`([^`]*)`\s*(?:,\s*'(\w*)'\s*)?\)/.exec(rest) ?? [];
      if (template === undefined) throw new Error(`an expression of something else: ${rest.slice(0, 80)}`);
      const pattern = template.replaceAll('\\\\', '\\').replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
        const [, number = SOME_SIGN] = new RegExp(`^const ${name} = (\\d+);$`, 'm').exec(source) ?? [];
        return number;
      });
      return { pattern, flags };
    });
}

/** Makes a text of about so many characters. */
export type Attack = (size: number) => string;

/** What an attacker would write who knows an expression: long runs of what it takes, which fail at their last character. */
export function attacksOn(pattern: string): Attack[] {
  const letters = new Set([
    ...'a0 -.,<"@',
    ...pattern.replace(/\\[a-zA-Z]/g, '').replace(/[\\[\](){}|?*+^$]/g, ''),
  ]);
  const words = ['a@', '0.', '000,', '0 -', '<>;', 'a ', ' ;', 'a=', 'bearer '];
  return [...letters, ...words].flatMap((word): Attack[] => {
    const run = (size: number) => word.repeat(size / word.length);
    return [(size) => `${run(size)}\u0000`, (size) => `0${run(size)}!`];
  });
}

function collect(node: unknown, found: (one: { pattern: string; flags: string }) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const one of node) collect(one, found);
    return;
  }
  if ('type' in node && node.type === 'RegExpLiteral' && 'pattern' in node && 'flags' in node)
    found({ pattern: String(node.pattern), flags: String(node.flags) });
  for (const value of Object.values(node)) collect(value, found);
}
