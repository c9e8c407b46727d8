import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveCommand, retryCommand } from '../../ops/commands/commands.ts';
import { createToken, revokeToken } from '../../ops/commands/tokens.ts';
import { pauseOrResume, removeEndpoint, rewindEndpoint, rotateSecret } from '../../ops/commands/webhooks.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { wordsOf } from '../../ops/examples.ts';
import { EXIT } from '../../ops/exit.ts';
import { createProgram } from '../../ops/program.ts';

const printed = () =>
  vi
    .mocked(process.stdout.write)
    .mock.calls.map(([text]) => String(text))
    .join('');
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a dry run of tokens', () => {
  const secrets = mockClient(SecretsManagerClient);
  const audited = vi.fn();
  const context = {
    secretsManager: new SecretsManagerClient({}),
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
      () => createToken(context, 'shop', { scopes: ['commands'], dryRun: true, json: false }),
      'would be made',
    ],
    ['revoke', () => revokeToken(context, 'erp', { dryRun: true, json: false }), 'would be revoked'],
  ] as const)('%s says what it would do and writes nothing', async (_, command, text) => {
    expect(await command()).toBe(0);

    expect(printed()).toContain(text);
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
  const shared = { dryRun: true, json: false };

  it.each([
    ['pause', () => pauseOrResume(context, 'wh-1', { ...shared, what: 'pause' }), 'would be paused'],
    ['resume', () => pauseOrResume(context, 'wh-1', { ...shared, what: 'resume' }), 'would be active'],
    [
      'rewind',
      () => rewindEndpoint(context, 'wh-1', { ...shared, to: 'head' }),
      'after number 9; it stands at 7',
    ],
    [
      'rotate',
      () => rotateSecret(context, 'wh-1', { ...shared, finish: false }),
      'would be given a second secret',
    ],
    [
      'rotate --finish',
      () => rotateSecret(context, 'wh-1', { ...shared, finish: true }),
      'would be forgotten',
    ],
    ['remove', () => removeEndpoint(context, 'wh-1', { ...shared, yes: false }), 'would be removed'],
  ] as const)('%s says what it would do and writes nothing', async (_, command, text) => {
    expect(await command()).toBe(0);

    expect(printed()).toContain(text);
  });
});

describe('a dry run of commands', () => {
  const audited = vi.fn();
  const commandIn = (state: string) =>
    ({
      commands: { find: async () => ({ key: {}, command: { state, command: 'cancel' } }) },
      control: { clock: { now: () => 0 } },
      acceptor: { tableOf: async () => ({ cancel: {} }) },
      audited,
    }) as unknown as OperatorContext;

  it('retry says what it would do and writes nothing', async () => {
    expect(await retryCommand(commandIn('failed'), 'erp', 'c-1', { dryRun: true, json: false })).toBe(0);

    expect(printed()).toContain('erp/c-1 would go from failed to');
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
  'customers attention',
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
