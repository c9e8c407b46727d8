import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const row = (text: string, pattern: RegExp): number[] => {
  const [, ...numbers] = pattern.exec(text) ?? [];
  if (numbers.length === 0) throw new Error(`no row of the README's table of costs matches ${pattern}`);
  return numbers.map(Number);
};

/** What the README says that an idle merchant costs, and what it counts for that; prices in USD a month. */
export function costTable() {
  const text = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const [idle = 0, atWork = 0, idlePrice = 0, morePrice = 0] = row(
    text,
    /metrics: (\d+) series idle, (\d+) at work \| ([\d.]+) \| ([\d.]+), once/,
  );
  const [alarms = 0, alarmsPrice = 0] = row(text, /alarms \((\d+) and one composite\) \| ([\d.]+)/);
  const [secrets = 0, secretsPrice = 0] = row(text, /(\d+) secrets \| ([\d.]+)/);
  const [rest = 0, moreRest = 0] = row(text, /API, logs \| ([\d.]+) \| ([\d.]+)/);
  const [total = 0, moreTotal = 0] = row(
    text,
    /\*\*together\*\* \| \*\*about (\d+)\*\* \| \*\*about (\d+)\*\*/,
  );
  return {
    series: { idle, atWork, idlePrice, morePrice },
    alarms: { count: alarms, price: alarmsPrice },
    secrets: { count: secrets, price: secretsPrice },
    rest: { idle: rest, more: moreRest },
    together: { idle: total, more: moreTotal },
  };
}
