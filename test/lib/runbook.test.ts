import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { METRICS, type MetricName } from '../../functions/runtime/metric-names.ts';
import { ALARMS } from '../../lib/alarms/catalogue.ts';
import { PROBLEMS, SHARED_ALARMS } from '../../lib/alarms/shared-alarms.ts';
import { ORDERS_AT_RISK } from '../../lib/constructs/orders-at-risk.ts';
import { merchantWith, ROOT, resourcesOf, stacksOf } from './assembly.ts';

/** Articles that no alarm links to. */
const HOW_TOS = [
  'Before you start',
  'An order is missing',
  'Webhooks above our own limit',
  'Reconcile by hand',
  'Rotate a credential',
  'Pause a platform',
  'Redrive dead-letter messages',
  'Replay an order',
  'Erase personal data',
  'After a restore',
  'The publisher was broken for more than a day',
  'Remove a merchant',
  'Remove a platform',
  'The budget mail',
];

const runbook = readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8');
const articles = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((article) => [article.split('\n', 1)[0] ?? '', article]),
);
const problems = Object.entries(PROBLEMS);
const alarms = [...Object.keys(ALARMS), ...problems.map(([, { article }]) => article), ORDERS_AT_RISK];

test('every article is that of an alarm or a known how-to, and the other way round', () => {
  expect([...articles.keys()].sort()).toEqual([...alarms, ...HOW_TOS].sort());
});

describe.each(alarms)('%s', (alarm) => {
  test('has description, investigation and resolution, in this order, none of them empty', () => {
    const parts = (articles.get(alarm) ?? '').split(/^### /m).slice(1);
    expect(parts.map((part) => part.split('\n', 1)[0])).toEqual([
      'Description',
      'Investigation',
      'Resolution',
    ]);
    for (const part of parts) expect(part.split('\n').slice(1).join('\n').trim().length).toBeGreaterThan(60);
  });
});

test.each(problems)('the article of the shared alarm leads from %s to its own', (metric, { article }) => {
  const shared = Object.entries(SHARED_ALARMS).find(
    ([, { watched }]) => watched.ours === METRICS[metric as MetricName],
  );

  expect(articles.get(shared?.[0] ?? '')).toContain(`| \`${metric}\` | [${article}](#${article}) |`);
});

describe('commands name what is deployed', () => {
  // Some articles are about what a merchant may do without.
  const stacks = stacksOf(merchantWith({ stock: {} }));
  const named = (pattern: RegExp): string[][] =>
    [...runbook.matchAll(pattern)].map((match) => match.slice(1));
  /** A name for every platform that can be meant; the platform is a variable of the shell. */
  const expand = (name: string): string[] =>
    ['Nuvemshop', 'Pedidosya', 'Imotriz'].map((platform) => name.replace(/\$\{P\}/, platform));
  const found = (type: string, prefix: string): number =>
    resourcesOf(stacks, type).filter((one) => one.id.startsWith(prefix)).length;

  test.each(named(/\bres (AWS::\w+::\w+) "?(\$?\{?\w+\}?\w+)"?/g))('res %s %s', (type = '', prefix = '') => {
    expect(expand(prefix).map((name) => found(type, name))).toEqual([1, 1, 1]);
  });

  test.each(named(/\blogs "?(\$?\{?\w+\}?\w+Logs)\b/g))('logs %s', (prefix = '') => {
    const matches = expand(prefix).map((name) => found('AWS::Logs::LogGroup', name));
    // iMotriz sends no webhooks and carries out no command, so it has no receiver and no dispatcher.
    const optional = /WebhookReceiver|CommandsDispatcher/.test(prefix);
    expect(matches.filter((count) => count === 1).length).toBeGreaterThanOrEqual(optional ? 2 : 3);
  });

  // Whatever follows the word: a call that lacks its stack has to be met too.
  const outputsNamed = [...runbook.matchAll(/```sh\n([\s\S]*?)```|`([^`\n]+)`/g)]
    .flatMap(([, block, span]) => [...(block ?? span ?? '').matchAll(/(?:^|\$\()out ([^)\n]*)/gm)])
    .map(([, words = '']) => words.replaceAll('"', '').split(' '));

  test.each(outputsNamed)('out %s %s', (stack = '', key = '') => {
    const outputs = stacks.find(({ name }) => name === `Acopio-demo-${stack}`)?.outputs ?? [];
    const names = expand(key);
    expect(outputs.filter((one) => names.includes(one.key))).not.toEqual([]);
  });

  test('out names the stack each time', () => {
    expect(named(/\$\(out (?!Data |Integration )(\S+)/g)).toEqual([]);
  });

  test.each(['changes-not-published', 'stock-not-claimed', 'orders-not-noted'])(
    '%s says how the queue that rings is looked into and emptied',
    (alarm) => {
      const queue = alarm === 'changes-not-published' ? 'UnpublishedQueueUrl' : 'UnfollowedQueueUrl';

      for (const command of ['receive-message', 'purge-queue'])
        expect(articles.get(alarm)).toContain(`aws sqs ${command} --queue-url "$(out Integration ${queue})"`);
    },
  );

  test.each(named(/\bgrep (?:-c )?"([a-z ]{8,})"/g))('a log line has "%s"', (words = '') => {
    const sources = globSync('functions/**/*.ts', { cwd: ROOT }).map((file) =>
      readFileSync(join(ROOT, file), 'utf8'),
    );
    expect(sources.some((source) => source.includes(words))).toBe(true);
  });
});
