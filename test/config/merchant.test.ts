import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { MerchantConfigError, merchantFile, readMerchant } from '../../config/merchant.ts';

const folder = mkdtempSync(join(tmpdir(), 'acopio-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const minimal = {
  name: 'shop',
  alarmEmail: 'someone@example.com',
  platforms: { imotriz: { country: 'co', storeId: 'main' } },
};

function read(json: unknown) {
  const file = join(folder, 'merchant.json');
  writeFileSync(file, typeof json === 'string' ? json : JSON.stringify(json));
  return readMerchant(file);
}

function problemsOf(json: unknown): string {
  try {
    read(json);
  } catch (error) {
    if (error instanceof MerchantConfigError) return error.message;
    throw error;
  }
  return '';
}

test('what is left out has a default', () => {
  expect(read(minimal)).toMatchObject({
    region: 'sa-east-1',
    webhookQuietHours: 12,
    rawDays: 90,
    logDays: 30,
    monthlyBudgetUsd: 25,
    platforms: { imotriz: { poll: { everyMinutes: 5, quietHours: 24 } } },
  });
});

test.each(readdirSync(dirname(merchantFile('any'))))('%s is valid and called like its file', (file) => {
  const name = file.replace(/\.json$/, '');
  expect(readMerchant(merchantFile(name)).name).toBe(name);
});

describe('an error names the key', () => {
  const nuvemshop = { storeId: '1', userAgent: 'App (a@example.com)' };
  test.each<[string, unknown, RegExp]>([
    ['unknown', { ...minimal, colour: 1 }, /unknown key "colour"/],
    [
      'unknown, inside',
      { ...minimal, platforms: { imotriz: { ...minimal.platforms.imotriz, token: 'x' } } },
      /unknown key "platforms\.imotriz\.token"/,
    ],
    ['unknown platform', { ...minimal, platforms: { vtex: {} } }, /unknown key "platforms\.vtex"/],
    ['missing', { ...minimal, name: undefined }, /missing value "name"/],
    [
      'missing, inside',
      { ...minimal, platforms: { imotriz: { country: 'co' } } },
      /missing value "platforms\.imotriz\.storeId"/,
    ],
    ['wrong type', { ...minimal, rawDays: 'ninety' }, /"rawDays": .*number/],
    ['out of range', { ...minimal, webhookQuietHours: 169 }, /"webhookQuietHours"/],
    ['no platform', { ...minimal, platforms: {} }, /"platforms": must name at least one platform/],
    ['not an e-mail address', { ...minimal, alarmEmail: 'me' }, /"alarmEmail"/],
    ['log retention that CloudWatch does not know', { ...minimal, logDays: 31 }, /"logDays"/],
    ['a region that cannot be one', { ...minimal, region: 'São Paulo' }, /"region": must look like/],
    [
      'plain HTTP',
      { ...minimal, platforms: { nuvemshop: { ...nuvemshop, baseUrl: 'http://api.example.com' } } },
      /"platforms\.nuvemshop\.baseUrl": must be https/,
    ],
    ['a name that would not fit a stack', { ...minimal, name: 'Shop 1' }, /"name": must be lower-case/],
  ])('%s', (_, json, message) => {
    expect(problemsOf(json)).toMatch(message);
  });

  test('all of them at once', () => {
    const problems = problemsOf({ ...minimal, colour: 1, rawDays: 0, logDays: 1 });
    expect(problems.split('\n')).toHaveLength(4);
  });

  test('whatever the key is', () => {
    const known = new Set(Object.keys(read(minimal)));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,12}$/), (key) => {
        fc.pre(!known.has(key) && key !== 'account');
        expect(problemsOf({ ...minimal, [key]: 1 })).toContain(`"${key}"`);
      }),
      { numRuns: 200 },
    );
  });
});

test('what is not JSON is said to be so, with the file', () => {
  expect(problemsOf('{"name":')).toMatch(
    /merchant\.json is not a valid merchant configuration:\n {2}- .*JSON/,
  );
});
