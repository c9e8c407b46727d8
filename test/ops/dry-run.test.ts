import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { resolveCommand, retryCommand } from '../../ops/commands/commands.ts';
import { createToken, revokeToken } from '../../ops/commands/tokens.ts';
import { pauseOrResume, removeEndpoint, rewindEndpoint, rotateSecret } from '../../ops/commands/webhooks.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { wordsOf } from '../../ops/examples.ts';
import { EXIT } from '../../ops/exit.ts';
import { dryRunOption } from '../../ops/option-values.ts';
import { createProgram } from '../../ops/program.ts';
import { dryRunOf, planned } from '../support/dry-run.ts';

type Dry = { dryRun: true; json: boolean };

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a dry run of tokens', () => {
  const secretsManager = new SecretsManagerClient({});
  const secrets = mockClient(secretsManager);
  const audited = vi.fn();
  const context = {
    secretsManager,
    outputs: () => 'tokens',
    audited,
  } as unknown as OperatorContext;
  const stored = {
    name: 'erp',
    client: 'erp',
    scopes: ['commands'],
    sha256: 'a'.repeat(64),
    createdAt: '2026-11-20T00:00:00.000Z',
  };
  beforeEach(() => {
    secrets.reset();
    secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify({ tokens: [stored] }) });
  });

  it.each([
    [
      'create',
      (dry: Dry) => createToken(context, 'shop', { ...dry, scopes: ['commands'] }),
      'would be made',
      planned({
        name: z.literal('shop'),
        client: z.literal('shop'),
        scopes: z.array(z.string()),
        createdAt: z.iso.datetime(),
      }),
    ],
    [
      'revoke',
      (dry: Dry) => revokeToken(context, 'erp', dry),
      'would be revoked',
      planned({ wouldRevoke: z.literal('erp') }),
    ],
  ] as const)('%s says what it would do and writes nothing', async (_, command, text, schema) => {
    const shown = await dryRunOf(command);

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain(text);
    expect(() => schema.parse(shown.said)).not.toThrow();
    expect(secrets.commandCalls(PutSecretValueCommand)).toEqual([]);
    expect(audited).not.toHaveBeenCalled();
  });
});

describe('a dry run of webhooks', () => {
  // Only what reads is there: a write would be a call of nothing.
  const context = {
    webhooks: {
      admin: { get: async () => ({ id: 'wh-1', url: 'https://erp.example.com/', seq: 7, status: 'active' }) },
      signing: { of: async () => ['one'] },
      feed: { head: async () => ({ seq: 9 }) },
    },
  } as unknown as OperatorContext;
  const id = z.literal('wh-1');
  const status = (word: string) => planned({ id, status: z.literal(word) });

  it.each([
    [
      'pause',
      (dry: Dry) => pauseOrResume(context, 'wh-1', { ...dry, what: 'pause' }),
      'would be paused',
      status('paused'),
    ],
    [
      'resume',
      (dry: Dry) => pauseOrResume(context, 'wh-1', { ...dry, what: 'resume' }),
      'would be active',
      status('active'),
    ],
    [
      'rewind',
      (dry: Dry) => rewindEndpoint(context, 'wh-1', { ...dry, to: 'head' }),
      'after number 9; it stands at 7',
      planned({ id, from: z.literal(7), to: z.literal(9) }),
    ],
    [
      'rotate',
      (dry: Dry) => rotateSecret(context, 'wh-1', { ...dry, finish: false }),
      'would be given a second secret',
      planned({ id, finish: z.literal(false) }),
    ],
    [
      'rotate --finish',
      (dry: Dry) => rotateSecret(context, 'wh-1', { ...dry, finish: true }),
      'would be forgotten',
      planned({ id, finish: z.literal(true) }),
    ],
    [
      'remove',
      (dry: Dry) => removeEndpoint(context, 'wh-1', { ...dry, yes: false }),
      'would be removed',
      planned({ id, after: z.literal(7) }),
    ],
  ] as const)('%s says what it would do and writes nothing', async (_, command, text, schema) => {
    const shown = await dryRunOf(command);

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain(text);
    expect(() => schema.parse(shown.said)).not.toThrow();
  });
});

describe('a dry run of commands', () => {
  const audited = vi.fn();
  const key = { platform: 'shop', storeId: '1', platformOrderId: '7' };
  const commandIn = (state: string) =>
    ({
      commands: { find: async () => ({ key, command: { state, command: 'cancel' } }) },
      control: { clock: { now: () => 0 } },
      acceptor: { tableOf: async () => ({ cancel: {} }) },
      audited,
    }) as unknown as OperatorContext;

  it('retry says what it would do and writes nothing', async () => {
    const shown = await dryRunOf((dry) => retryCommand(commandIn('failed'), 'erp', 'c-1', dry));

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain('erp/c-1 would go from failed to');
    const schema = planned({
      client: z.literal('erp'),
      id: z.literal('c-1'),
      from: z.literal('failed'),
      to: z.string(),
    });
    expect(() => schema.parse(shown.said)).not.toThrow();
    expect(audited).not.toHaveBeenCalled();
  });

  it('resolve is refused as the real one is', async () => {
    const command = resolveCommand(commandIn('done'), 'erp', 'c-1', {
      verdict: 'done',
      dryRun: true,
      json: false,
    });

    await expect(command).rejects.toThrow(/cannot be resolved/);
  });
});

const leaves = (command: Command): Command[] => [
  ...(Reflect.get(command, '_actionHandler') ? [command] : []),
  ...command.commands.flatMap(leaves),
];

it('the help lists every exit code there is', () => {
  let help = '';
  const program = createProgram().configureOutput({ writeOut: (text) => (help += text) });
  program.outputHelp();

  const codes = /Exit codes: ([^\n]*)/.exec(help)?.[1] ?? '';
  expect([...codes.matchAll(/\b\d\b/g)].map(([code]) => Number(code))).toEqual([0, 1, 2, 3, 4]);
  expect(Object.values(EXIT)).toEqual([0, 1, 2, 3, 4]);
});

/** These change nothing but the audit trail; the page of `ui` shows its own plans. */
const READS = new Set([
  'platforms',
  'throttle',
  'find',
  'show',
  'orders list',
  'orders show',
  'orders export',
  'orders tail',
  'attention',
  'products duplicates',
  'products attention',
  'products jobs',
  'products status',
  'customers attention',
  'categories list',
  'locations list',
  'stock show',
  'stock attention',
  'dlq count',
  'dlq peek',
  'outbox list',
  'privacy reports',
  'privacy report',
  'privacy pending',
  'tokens list',
  'commands list',
  'commands show',
  'webhooks list',
  'webhooks set-aside list',
  'events tail',
  'audit',
  'ui',
  'completion',
]);

it('every command that changes something has a dry run', () => {
  const lacking = leaves(createProgram()).filter(
    (command) => !command.options.some(({ long }) => long === '--dry-run'),
  );

  expect(new Set(lacking.map(wordsOf))).toEqual(READS);
});

it('every dry run is the same option, in the same words', () => {
  const options = leaves(createProgram()).flatMap((command) =>
    command.options.filter(({ long }) => long === '--dry-run'),
  );

  expect(new Set(options.map(({ description }) => description))).toEqual(
    new Set([dryRunOption().description]),
  );
});
