import { cruise, type IViolation } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

/**
 * Holds every import to `.dependency-cruiser.mjs`. Exit code 1 when one breaks a rule.
 *
 * Not the program `depcruise`: at each run it warns that it finds no TypeScript older than 7, although swc parses here.
 */
const FOLDERS = [
  'bin',
  'bench',
  'chaos',
  'config',
  'examples',
  'functions',
  'lib',
  'local',
  'ops',
  'scripts',
  'test',
];

const { output } = await cruise(FOLDERS, await extractOptions('./.dependency-cruiser.mjs'));
if (typeof output === 'string') throw new Error('dependency-cruiser answered with a text');
const { violations, totalCruised, ruleSetUsed } = output.summary;

const lines = new Map<string, Map<string, string>>();
for (const violation of violations) {
  const ofRule = lines.get(violation.rule.name) ?? new Map<string, string>();
  const { key, line } = describe(violation);
  if (!ofRule.has(key)) ofRule.set(key, line);
  lines.set(violation.rule.name, ofRule);
}

for (const [rule, ofRule] of lines) {
  const comment = ruleSetUsed?.forbidden?.find(({ name }) => name === rule)?.comment ?? '';
  console.log(`${rule}: ${comment}\n${[...ofRule.values()].map((line) => `  ${line}\n`).join('')}`);
}
const count = [...lines.values()].reduce((sum, ofRule) => sum + ofRule.size, 0);
console.log(`${totalCruised} files, ${count} forbidden imports`);
if (count > 0) process.exitCode = 1;

/** What to print of a violation. A circle is found once from each of its files, so its key is the set of them. */
function describe({ from, to, cycle }: IViolation): { key: string; line: string } {
  if (cycle === undefined) return { key: `${from} ${to}`, line: `${from} -> ${to}` };
  const files = cycle.map(({ name }) => name);
  return { key: files.toSorted().join(' '), line: [from, ...files].join(' -> ') };
}
