import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { merchantOf } from '../../lib/merchant-context.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import { demo, ROOT } from './assembly.ts';

const folder = mkdtempSync(join(tmpdir(), 'acopio-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the CDK app as the CLI does, without bundling. */
function run(context: Record<string, unknown>) {
  const { status, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    // A bound against hanging, no measure.
    timeout: 240_000,
    env: {
      ...process.env,
      CDK_OUTDIR: join(folder, 'out'),
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  return { status, stderr: stderr.trim() };
}

function merchantFileWith(changes: Record<string, unknown>): string {
  const file = join(folder, 'merchant.json');
  writeFileSync(file, JSON.stringify({ ...demo, ...changes }));
  return file;
}

test('synthesizes the stacks of the merchant it is given', { timeout: 240_000 }, () => {
  expect(run({ merchantFile: merchantFileWith({ name: 'shop' }) })).toEqual({ status: 0, stderr: '' });
  const templates = readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.template.json'));
  expect(templates.sort()).toEqual(
    ['Data', 'Integration', 'Operations'].map((part) => `Acopio-shop-${part}.template.json`),
  );
});

describe('says what is wrong in one message', () => {
  const wrong: [string, () => Record<string, unknown>, RegExp][] = [
    ['no merchant', () => ({}), /^no merchant is named\. Use "npm run synth -- --merchant NAME"/],
    ['an unknown one', () => ({ merchant: 'nobody' }), /^there is no merchant "nobody"/],
    ['a path instead of a name', () => ({ merchant: '../merchants/demo' }), /^there is no merchant/],
    ['no such file', () => ({ merchantFile: '/nowhere.json' }), /^\/nowhere\.json is not a valid/],
    [
      'an unknown key',
      () => ({ merchantFile: merchantFileWith({ regoin: 'us-east-1' }) }),
      /unknown key "regoin": remove it or correct its spelling$/,
    ],
    [
      'a missing value',
      () => ({ merchantFile: merchantFileWith({ alarmEmail: undefined }) }),
      /missing value "alarmEmail"$/,
    ],
  ];

  test.each(wrong)('%s', (_, context, message) => {
    const outdir = temporaryFolder('app');

    expect(() => merchantOf(new App({ outdir, context: context() }).node)).toThrow(message);
  });

  test.each([
    ['of the command line', () => ({}), /^acopio: no merchant is named/],
    ['of the file', () => ({ merchantFile: merchantFileWith({ regoin: 'x' }) }), /^acopio: .*\n.*"regoin"/],
    [
      'of the budget',
      () => ({ merchantFile: merchantFileWith({ monthlyBudgetUsd: 1 }) }),
      /^acopio: the budget of .* would ring each month/,
    ],
  ])('%s, without a stack trace, and ends with 1', (_, context, message) => {
    const { status, stderr } = run(context());

    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
