import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { feedEventSchema } from '../../functions/domain/event.ts';
import { CATCH_UP_PK } from '../../functions/storage/erp-keys.ts';
import { sendCommand } from '../../ops/commands/commands.ts';
import { catchUpEvents, finishRestore } from '../../ops/commands/events.ts';
import { forwardEvents } from '../../ops/commands/feed-stream.ts';
import { redeliverEvents } from '../../ops/commands/set-aside.ts';
import { releaseZeros } from '../../ops/commands/stock.ts';
import { settleMove } from '../../ops/commands/stock-move.ts';
import { triggerEvent } from '../../ops/commands/trigger.ts';
import { addEndpoint, testEndpoint } from '../../ops/commands/webhooks.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { dryRunOf, planned } from '../support/dry-run.ts';
import { movedClock } from '../support/fakes.ts';

type Dry = { dryRun: true; json: boolean };

const clock = movedClock();
const audited = vi.fn();
afterEach(() => vi.restoreAllMocks());
beforeEach(() => audited.mockClear());

describe('a dry run about the feed', () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const dynamo = mockClient(client);
  const context = {
    control: { client, table: 'control', clock },
    stores: [{ platform: 'shop', storeId: 's' }],
    audited,
  } as unknown as OperatorContext;
  /** Nobody listens there. */
  const to = 'http://127.0.0.1:65535/hooks';
  const begun = { platform: 'shop', storeId: 's', published: 40, done: false };
  beforeEach(() => {
    dynamo.reset();
    dynamo.on(GetCommand).resolves({ Item: { epoch: 5, seq: 7, at: 1 } });
    dynamo.on(QueryCommand).resolves({ Items: [] });
    dynamo
      .on(QueryCommand, { ExpressionAttributeValues: { ':pk': CATCH_UP_PK } })
      .resolves({ Items: [begun] });
  });

  it.each([
    [
      'restore-finish',
      (dry: Dry) => finishRestore(context, { ...dry, yes: false }),
      'Epoch 5 of the feed would end after number 7',
      planned({ ends: z.strictObject({ epoch: z.literal(5), seq: z.literal(7) }) }),
    ],
    [
      'events catch-up',
      (dry: Dry) => catchUpEvents(context, { ...dry, restart: false }),
      'customer of shop:s, and of every SKU, would be published, but for 40 that a run before did',
      planned({ stores: z.tuple([z.literal('shop:s')]), published: z.literal(40) }),
    ],
    [
      'events catch-up --restart',
      (dry: Dry) => catchUpEvents(context, { ...dry, restart: true }),
      'customer of shop:s, and of every SKU, would be published.',
      planned({ stores: z.tuple([z.literal('shop:s')]), published: z.literal(0) }),
    ],
    [
      'events forward',
      (dry: Dry) => forwardEvents(context, { ...dry, to, from: 'head', types: ['order.created'] }),
      `order.created after number 7 would be sent to ${to}`,
      planned({ to: z.literal(to), after: z.literal(7), types: z.tuple([z.literal('order.created')]) }),
    ],
    [
      'events trigger',
      (dry: Dry) => triggerEvent('order.created', { ...dry, to }),
      `To ${to} would be sent`,
      planned({ to: z.literal(to), event: feedEventSchema() }),
    ],
  ] as const)(
    '%s says what would be published, and writes and sends nothing',
    async (_, command, text, schema) => {
      const shown = await dryRunOf(command);

      expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
      expect(shown.text).toContain(text);
      expect(() => schema.parse(shown.said)).not.toThrow();
      const isRead = (call: unknown) => call instanceof GetCommand || call instanceof QueryCommand;
      expect(dynamo.calls().every(({ args }) => isRead(args[0]))).toBe(true);
      expect(audited).not.toHaveBeenCalled();
    },
  );
});

describe('a dry run of endpoints', () => {
  const url = 'https://erp.example.com/hooks?key=abc';
  // Only what reads is there: a write, or a call, would be a call of nothing.
  const context = {
    webhooks: {
      admin: { get: async () => ({ id: 'wh-1', url, seq: 7, status: 'active' }) },
      signing: { of: async () => ['one'] },
      feed: { head: async () => ({ seq: 9 }) },
      caller: { open: async () => ({ close: () => {} }) },
      aside: {
        list: async () =>
          [1, 2].map((seq) => ({ event: { seq, key: `shop:s:${seq}`, type: 'order.updated' } })),
      },
    },
    audited,
  } as unknown as OperatorContext;

  it.each([
    [
      'add',
      (dry: Dry) => addEndpoint(context, url, { ...dry, from: 'head', types: ['order.created'] }),
      'sent order.created from after number 9 on',
      planned({ url: z.string(), after: z.literal(9), types: z.tuple([z.literal('order.created')]) }),
    ],
    [
      'test',
      (dry: Dry) => testEndpoint(context, 'wh-1', dry),
      'of type test would be sent to https://erp.example.com/hooks',
      planned({ id: z.literal('wh-1'), url: z.string() }),
    ],
    [
      'set-aside redeliver',
      (dry: Dry) => redeliverEvents(context, 'wh-1', [], dry),
      '2 events would be sent to wh-1 again',
      planned({ endpoint: z.literal('wh-1'), wanted: z.tuple([z.string(), z.string()]) }),
    ],
  ] as const)('%s says what would be sent, and sends nothing', async (_, command, text, schema) => {
    const shown = await dryRunOf(command);

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain(text);
    expect(() => schema.parse(shown.said)).not.toThrow();
    expect(audited).not.toHaveBeenCalled();
  });
});

describe('a dry run of stock', () => {
  const move = { state: 'in-doubt', order: 'app:1', line: 'l', place: 'main', wanted: 2, taken: 0 };
  const context = {
    stock: { clock, zeros: {}, store: { read: async () => ({ moves: { 'app:1#l|A': move } }) } },
    audited,
  } as unknown as OperatorContext;
  const line = 'app:1#l|A';

  it.each([
    [
      'release',
      (dry: Dry) => releaseZeros(context, dry),
      'would be taken until 2026-11-22T12:15:00.000Z',
      planned({ until: z.iso.datetime() }),
    ],
    [
      'settle',
      (dry: Dry) => settleMove(context, { sku: 'A', line }, { ...dry, verdict: 'again' }),
      `"${line}" would be taken from the platform's number of "A" once more`,
      planned({ sku: z.literal('A'), line: z.literal(line), verdict: z.literal('again') }),
    ],
  ] as const)('%s says what it would change, and writes nothing', async (_, command, text, schema) => {
    const shown = await dryRunOf(command);

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain(text);
    expect(() => schema.parse(shown.said)).not.toThrow();
    expect(audited).not.toHaveBeenCalled();
  });
});

describe('a dry run of commands send', () => {
  const key = { platform: 'shop', storeId: 's', platformOrderId: '1' };
  const contextOf = (entry: object, known?: object) =>
    ({
      stores: [{ platform: 'shop', storeId: 's' }],
      ordersOf: async (keys: readonly object[]) => keys.map(() => ({})),
      control: { clock },
      acceptor: {
        orders: { get: async () => ({ ...key, version: 1 }) },
        commands: { find: async () => known },
        tableOf: async () => ({ ready: entry }),
        clock,
      },
      audited,
    }) as unknown as OperatorContext;
  const sending = (context: OperatorContext) => (dry: Dry) =>
    sendCommand(context, 'shop:s:1', 'ready', { ...dry, input: '{}' });

  it('says what would be kept, and until when it would be tried, and keeps nothing', async () => {
    const shown = await dryRunOf(sending(contextOf({})));

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain('shop:s:1 would be given ready, tried until 2026-11-29T12:00:00.000Z');
    const schema = planned({
      outcome: z.literal('new'),
      order: z.literal('shop:s:1'),
      command: z.literal('ready'),
      giveUpAt: z.iso.datetime(),
    });
    expect(() => schema.parse(shown.said)).not.toThrow();
    expect(audited).not.toHaveBeenCalled();
  });

  it('says why a command would not be kept, as the real one does', async () => {
    const shown = await dryRunOf(sending(contextOf({ refused: 'It has no such thing.' })));

    expect(shown.codes).toEqual([1, 1]);
    expect(shown.said).toEqual({ outcome: 'refused', why: 'It has no such thing.' });
  });
});
