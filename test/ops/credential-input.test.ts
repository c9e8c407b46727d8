import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { platforms } from '../../functions/platforms/registry.ts';
import type { CredentialSpec } from '../../functions/platforms/store.ts';
import { askCredentials, type Known } from '../../ops/credential-input.ts';
import { rotated } from '../../ops/previous-values.ts';

const LONG = 'x'.repeat(20);
const OLD = 'the-secret-of-before';
const NEW = 'the-secret-of-today';
const OLDEST = 'the-secret-before-that';

describe('a platform whose webhooks are signed', () => {
  const signed = platforms().flatMap(({ name, credentials, webhook }) =>
    webhook === undefined ? [] : [[name, credentials[webhook.credential]!, webhook] as const],
  );

  it.each(signed)('%s says which field keeps a secret that still counts', (_, spec, webhook) => {
    const previous = Object.entries(spec.previous ?? {});
    const filled = Object.fromEntries(spec.fields.map((field) => [field, LONG]));

    const secrets = previous.map(([, before]) => webhook.secrets({ ...filled, [before]: OLD }));

    expect(secrets).toEqual([[LONG, OLD]]);
  });
});

describe('a secret that is replaced', () => {
  const spec = { previous: { secret: 'previousSecret' } };
  const stored = (value: object) => ({ state: 'filled' as const, value });

  it('keeps the one of before, which the platform signs with until its panel is changed', () => {
    const { value, keeps } = rotated(spec, stored({ secret: OLD }), {}, { secret: NEW });

    expect(value).toEqual({ secret: NEW, previousSecret: OLD });
    expect(keeps).toEqual(['secret']);
  });

  it('says that the one before the last rotation counts no more', () => {
    const state = stored({ secret: OLD, previousSecret: OLDEST });

    const { value, forgets } = rotated(spec, state, {}, { secret: NEW });

    expect(value).toEqual({ secret: NEW, previousSecret: OLD });
    expect(forgets).toEqual(['secret']);
  });

  it('by itself ends no rotation', () => {
    const state = stored({ secret: NEW, previousSecret: OLD });

    const { value, keeps } = rotated(spec, state, {}, { secret: NEW });

    expect(value).toEqual({ secret: NEW, previousSecret: OLD });
    expect(keeps).toEqual([]);
  });

  it('by the one of before changes places with it', () => {
    const state = stored({ secret: NEW, previousSecret: OLD });

    const { value, forgets } = rotated(spec, state, {}, { secret: OLD });

    expect(value).toEqual({ secret: OLD, previousSecret: NEW });
    expect(forgets).toEqual([]);
  });

  it.each([
    ['another', OLDEST, { secret: NEW, previousSecret: OLDEST }],
    ['none', '', { secret: NEW }],
  ])('has the previous one that is named: %s', (_, previousSecret, value) => {
    const typed = { secret: NEW, previousSecret };

    expect(rotated(spec, stored({ secret: OLD }), typed, value).value).toEqual(value);
  });

  it('has no previous one where nothing was filled in, or nothing counts beside it', () => {
    const value = { secret: NEW };

    expect(rotated(spec, { state: 'unfilled' }, {}, value).value).toEqual(value);
    expect(rotated({}, stored({ secret: OLD }), {}, value).value).toEqual(value);
  });
});

describe('a person at a terminal', () => {
  const { credentials } = platforms().find(({ name }) => name === 'pedidosya')!;
  const known = (state: Known['state']): Known => ({
    slot: {
      credential: 'webhook',
      spec: credentials.webhook as CredentialSpec,
      storeId: undefined,
      secretId: 'x',
      installed: false,
    },
    state,
  });
  const was = {
    stdin: Object.getOwnPropertyDescriptor(process, 'stdin')!,
    tty: process.stderr.isTTY,
  };
  afterEach(() => {
    vi.restoreAllMocks();
    Object.defineProperty(process, 'stdin', was.stdin);
    process.stderr.isTTY = was.tty;
  });

  /** Answers each question with the next line. @returns what is asked, and what the terminal shows meanwhile */
  async function asked(one: Known, ...answers: string[]) {
    const typed = Object.assign(new PassThrough(), { isTTY: true });
    Object.defineProperty(process, 'stdin', { value: typed, configurable: true });
    process.stderr.isTTY = true;
    let shown = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      shown += String(text);
      if (/(?:\[y\/N\]|\(not shown\):) $/.test(String(text)))
        setImmediate(() => typed.write(`${answers.shift() ?? ''}\n`));
      return true;
    });
    const filled = await askCredentials([one], (line) => {
      shown += line;
    });
    return { filled, shown };
  }

  it('replaces a secret that was generated, shown nowhere, and the one before goes on counting', async () => {
    const { filled, shown } = await asked(known({ state: 'filled', value: { secret: OLD } }), 'y', NEW);

    expect(filled.map(({ value }) => value)).toEqual([{ secret: NEW, previousSecret: OLD }]);
    expect(shown).toContain('webhook is filled in. Replace it?');
    expect(shown).not.toMatch(new RegExp(`${OLD}|${NEW}`));
  });

  it('replaces none by leaving the question empty', async () => {
    const { filled } = await asked(known({ state: 'filled', value: { secret: OLD } }), '');

    expect(filled).toEqual([]);
  });

  it('is asked for a generated one that is not there', async () => {
    const { filled } = await asked(known({ state: 'unfilled' }), NEW);

    expect(filled.map(({ value }) => value)).toEqual([{ secret: NEW }]);
  });
});
