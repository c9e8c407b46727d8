import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  channelsOf,
  MerchantConfigError,
  merchantFile,
  merchantNamed,
  merchantSchema,
  readMerchant,
} from '../../config/merchant.ts';
import { pascal, queueOutputs, secretOutput } from '../../config/output-names.ts';
import { repeatedKeys } from '../../config/repeated-keys.ts';
import { imotriz } from '../../functions/platforms/imotriz/platform.ts';
import { platforms, register } from '../../functions/platforms/registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'acopio-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const minimal = {
  name: 'shop',
  alarmEmail: 'someone@example.com',
  platforms: { imotriz: { stores: [{ country: 'co', storeId: 'main' }] } },
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
    concurrentExecutions: 10,
    platforms: { imotriz: { stores: [{ poll: { everyMinutes: 5, quietHours: 24 } }] } },
  });
});

test('a key that is written twice is refused: the stores of the first would be left out', () => {
  const written = `{"name": "shop", "alarmEmail": "a,{@example.com", "platforms": {
    "imotriz": {"stores": [{"country": "co", "storeId": "one"}]},
    "imotriz": {"stores": [{"country": "co", "storeId": "two", "country": "mx"}, {"country": "ec", "storeId": "t\\\\"}]}
  }}`;

  const problems = problemsOf(written);

  expect(problems).toContain('"platforms.imotriz" is there twice, and only the last would count');
  expect(problems).toContain('"platforms.imotriz.stores.0.country" is there twice');
  expect(problems.match(/twice/g)).toHaveLength(2);
});

test('a byte-order mark in front, as editors of Windows write it, is none of the file', () => {
  expect(read(`\uFEFF${JSON.stringify(minimal)}`).name).toBe('shop');
});

test('a file that is no UTF-8 is refused in these words, before letters of it are lost', () => {
  const file = join(folder, 'latin-1.json');
  writeFileSync(file, Buffer.from(JSON.stringify({ ...minimal, name: 'panadería' }), 'latin1'));

  expect(() => readMerchant(file)).toThrow(`${file} is not UTF-8: save it as UTF-8`);
});

test('no key of a file in which each stands once is called repeated', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(repeatedKeys(JSON.stringify(value))).toEqual([]);
    }),
  );
});

test('a copy of another merchant’s file is refused until it has a name of its own', () => {
  const merchants = join(folder, 'merchants');
  mkdirSync(merchants);
  copyFileSync(merchantFile('demo'), join(merchants, 'shop.json'));

  expect(() => merchantNamed('shop', merchants)).toThrow(/shop\.json .*\n.*"name" is "demo": write "shop"/);
});

test.each(readdirSync(dirname(merchantFile('any'))))('%s is valid and called like its file', (file) => {
  const name = file.replace(/\.json$/, '');
  expect(readMerchant(merchantFile(name)).name).toBe(name);
});

describe('an error names the key', () => {
  const [store] = minimal.platforms.imotriz.stores;
  const withStore = (changed: object) => ({ ...minimal, platforms: { imotriz: { stores: [changed] } } });
  const withBase = (baseUrl: string) => withStore({ ...store, baseUrl });
  test.each<[string, unknown, RegExp]>([
    ['unknown', { ...minimal, colour: 1 }, /unknown key "colour"/],
    [
      'unknown, inside',
      withStore({ ...store, token: 'x' }),
      /unknown key "platforms\.imotriz\.stores\.0\.token"/,
    ],
    ['unknown platform', { ...minimal, platforms: { vtex: {} } }, /unknown key "platforms\.vtex"/],
    ['missing', { ...minimal, name: undefined }, /missing value "name"/],
    [
      'missing, inside',
      withStore({ country: 'co' }),
      /missing value "platforms\.imotriz\.stores\.0\.storeId"/,
    ],
    ['wrong type', { ...minimal, rawDays: 'ninety' }, /"rawDays": .*number/],
    ['out of range', { ...minimal, webhookQuietHours: 169 }, /"webhookQuietHours"/],
    [
      'of the old shape',
      { ...minimal, platforms: { imotriz: store } },
      /unknown key "platforms\.imotriz\.country"/,
    ],
    [
      'a certificate of another region',
      {
        ...minimal,
        webhookDomain: {
          name: 'hooks.example.com',
          certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/abc',
        },
      },
      /"webhookDomain\.certificateArn" is of us-east-1, and "region" is sa-east-1/,
    ],
    ['no platform', { ...minimal, platforms: {} }, /"platforms": must name at least one platform/],
    ['not an e-mail address', { ...minimal, alarmEmail: 'me' }, /"alarmEmail"/],
    [
      'an address of the runbook to which no article can be added',
      { ...minimal, runbookUrl: 'https://example.com/runbook.md#readme' },
      /"runbookUrl": must not hold "#"/,
    ],
    ['log retention that CloudWatch does not know', { ...minimal, logDays: 31 }, /"logDays"/],
    ['a region that cannot be one', { ...minimal, region: 'São Paulo' }, /"region": must look like/],
    [
      'plain HTTP',
      withStore({ ...store, baseUrl: 'http://api.example.com' }),
      /"platforms\.imotriz\.stores\.0\.baseUrl": must be https/,
    ],
    ['a user in a URL', withBase('https://user@api.example.com'), /baseUrl": must not hold a user/],
    ['a password in a URL', withBase('https://:secret@api.example.com'), /baseUrl": must not hold a user/],
    ['an empty user in a URL', withBase('https://@api.example.com'), /baseUrl": must not hold a user/],
    ['a query in a URL', withBase('https://api.example.com/v1?a=b'), /baseUrl": must not hold a query/],
    ['an empty query in a URL', withBase('https://api.example.com?'), /baseUrl": must not hold a query/],
    ['a fragment in a URL', withBase('https://api.example.com/v1#a'), /baseUrl": must not hold a query/],
    ['another port', withBase('https://api.example.com:8443'), /baseUrl": must not name a port/],
    ['a host that only begins like this machine', withBase('http://localhost.example.com'), /must be https/],
    ['a backslash in a URL', withBase('https://api.example.com\\v1'), /must not hold a backslash/],
    ['no URL', withBase('api.example.com'), /"platforms\.imotriz\.stores\.0\.baseUrl": Invalid/],
    ['a name that would not fit a stack', { ...minimal, name: 'Shop 1' }, /"name": must be lower-case/],
  ])('%s', (_, json, message) => {
    expect(problemsOf(json)).toMatch(message);
  });

  test.each([
    'https://api.example.com',
    'https://api.example.com:443/v1',
    'http://127.0.0.1:4000',
    'http://[::1]:4000/v1',
    'https://localhost:8443',
  ])('but not %s', (baseUrl) => {
    expect(read(withBase(baseUrl)).platforms).toMatchObject({ imotriz: { stores: [{ baseUrl }] } });
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

describe('channels', () => {
  test('are the platforms of the merchant, in the order of their registration, with their stores', () => {
    const { stores } = minimal.platforms.imotriz;
    const nuvemshop = { userAgent: 'App (a@example.com)', stores: [{ storeId: '2' }, { storeId: '1' }] };
    const channels = channelsOf(read({ ...minimal, platforms: { imotriz: { stores }, nuvemshop } }));
    expect(channels.map(({ platform, stores }) => [platform.name, stores.map(({ id }) => id)])).toEqual([
      ['nuvemshop', ['2', '1']],
      ['imotriz', ['main']],
    ]);
  });

  test('can be of a platform that is registered later', () => {
    const { stores } = minimal.platforms.imotriz;
    const configured = { ...minimal, platforms: { later: { stores } } };
    expect(merchantSchema().safeParse(configured).success).toBe(false);
    register({ ...imotriz, name: 'later' }, new URL('file:///later/'));
    expect(channelsOf(merchantSchema().parse(configured)).map(({ platform }) => platform.name)).toEqual([
      'later',
    ]);
    expect(platforms().at(-1)?.name).toBe('later');
  });
});

describe('names of outputs', () => {
  test('are made of letters and digits, whatever the names', () => {
    expect(pascal('two-words')).toBe('TwoWords');
    expect(queueOutputs('two-words')).toEqual({
      intake: 'TwoWordsIntakeQueueUrl',
      deadLetters: 'TwoWordsDeadLettersUrl',
    });
  });

  test.each([
    ['a credential that all stores share', undefined, 2, 'ShopAppSecretArn'],
    ['the only store', 'a-1', 1, 'ShopAppSecretArn'],
    ['one of several stores', 'a-1', 2, 'ShopAppa1SecretArn'],
  ])('%s', (_, storeId, stores, expected) => {
    expect(secretOutput('shop', 'app', storeId, stores)).toBe(expected);
  });
});
