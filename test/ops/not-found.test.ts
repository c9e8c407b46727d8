import { expect, it } from 'vitest';
import { planDecision } from '../../ops/actions/commands.ts';
import { endpointNamed } from '../../ops/actions/endpoints.ts';
import { fetchReport, stopErasure } from '../../ops/commands/privacy.ts';
import { redeliverEvents } from '../../ops/commands/set-aside.ts';
import { revokeToken } from '../../ops/commands/tokens.ts';
import type { OperatorContext } from '../../ops/context.ts';

const store = { platform: 'nuvemshop', storeId: '1' };
/** A merchant of whom nothing is there but a store and an endpoint. */
const context = {
  privacyStores: [store],
  storeOf: () => ({ erasure: { read: async () => undefined }, reports: { get: async () => undefined } }),
  commands: { find: async () => undefined },
  secretsManager: { send: async () => ({ SecretString: '{}' }) },
  outputs: () => 'arn',
  webhooks: {
    admin: { get: async (id: string) => (id === 'wh-here' ? { id } : undefined) },
    aside: { list: async () => [] },
  },
} as unknown as OperatorContext;
const how = { dryRun: true, json: true };

it.each<[string, () => Promise<unknown>]>([
  ['an endpoint', () => endpointNamed(context.webhooks, 'wh-none')],
  ['an event that is set aside', () => redeliverEvents(context, 'wh-here', ['none'], how)],
  ['a command', () => planDecision(context, { client: 'erp', id: 'none' }, 'again')],
  ['a token', () => revokeToken(context, 'none', how)],
  ['a report', () => fetchReport(context, 'none', how)],
  ['a request to erase a store', () => stopErasure(context, 'nuvemshop:1', how)],
])(
  '%s that is not there ends the command with 1, as --help says of all that is not found',
  async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({ name: 'OperatorError', exit: 1 });
  },
);
