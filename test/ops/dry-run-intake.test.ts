import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { createDeadLetters } from '../../functions/pipeline/replay/dead-letters.ts';
import { createOutbox } from '../../functions/storage/runs.ts';
import { callPlatform } from '../../ops/commands/call.ts';
import { purgeDeadLetters, redriveDeadLetters } from '../../ops/commands/dead-letters.ts';
import { doctor } from '../../ops/commands/doctor.ts';
import { deleteFromOutbox, retryOutbox } from '../../ops/commands/outbox.ts';
import { erasePersons, resumeErasure, stopErasure } from '../../ops/commands/privacy.ts';
import { exportProducts } from '../../ops/commands/products.ts';
import type { OperatorContext } from '../../ops/context.ts';
import { dryRunOf, planned } from '../support/dry-run.ts';
import { movedClock } from '../support/fakes.ts';

type Dry = { dryRun: true; json: boolean };

const STORE = { platform: 'shop', storeId: 's' };
const clock = movedClock();
const audited = vi.fn();
afterEach(() => vi.restoreAllMocks());
beforeEach(() => audited.mockClear());

describe('a dry run of dead letters', () => {
  const client = new SQSClient({});
  const sqs = mockClient(client);
  const context = {
    names: ['shop', 'other'],
    deadLettersOf: () => createDeadLetters({ client, from: 'https://dead', to: 'https://intake' }),
    audited,
  } as unknown as OperatorContext;
  beforeEach(() => {
    sqs.reset();
    sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { ApproximateNumberOfMessages: '3' } });
  });

  it.each([
    [
      'purge',
      (dry: Dry) => purgeDeadLetters(context, { ...dry, platform: 'shop', yes: false }),
      'shop: 3 messages would be deleted for good',
      planned({ platform: z.literal('shop'), deleted: z.literal(3) }),
    ],
    [
      'redrive',
      (dry: Dry) => redriveDeadLetters(context, { ...dry, limit: 2 }),
      'Would be sent back to be worked on: shop: 2, other: 2',
      planned({ moved: z.record(z.string(), z.literal(2)) }),
    ],
  ] as const)('%s counts, and receives, sends and deletes nothing', async (_, command, text, schema) => {
    const shown = await dryRunOf(command);

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain(text);
    expect(() => schema.parse(shown.said)).not.toThrow();
    expect(sqs.calls().every(({ args }) => args[0] instanceof GetQueueAttributesCommand)).toBe(true);
    expect(audited).not.toHaveBeenCalled();
  });
});

describe('a dry run of the outbox', () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const dynamo = mockClient(client);
  const context = {
    polledStores: [STORE],
    outboxOf: () => ({
      outbox: createOutbox({
        client,
        table: 'control',
        clock,
        ...STORE,
      }),
      queue: { send: audited },
    }),
    audited,
  } as unknown as OperatorContext;
  const item = (sk: string) => ({
    pk: 'outbox-aside#shop#s',
    sk,
    message: { correlationId: 'c', email: 'a@example.com' },
    reason: 'too large',
    setAsideAt: 1,
    expiresAt: 2,
  });
  const message = z.strictObject({
    platform: z.literal('shop'),
    storeId: z.literal('s'),
    id: z.string(),
    reason: z.string(),
    setAsideAt: z.iso.datetime(),
    keptUntil: z.iso.datetime(),
    correlationId: z.string(),
    bytes: z.number(),
  });
  const schema = planned({ messages: z.array(message), unknown: z.array(z.string()) });
  beforeEach(() => {
    dynamo.reset();
    dynamo.on(QueryCommand).resolves({ Items: [item('a'), item('b')] });
  });

  it.each([
    ['retry', (dry: Dry) => retryOutbox(context, [], dry), '2 messages would be sent once more', []],
    [
      'delete',
      (dry: Dry) => deleteFromOutbox(context, ['b', 'x'], { ...dry, yes: false }),
      '1 messages would be deleted for good',
      ['x'],
    ],
  ] as const)('%s names what it is about, and writes nothing', async (_, command, text, unknown) => {
    const shown = await dryRunOf(command);

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain(text);
    expect(shown.text).not.toContain('example.com');
    expect(schema.parse(shown.said).unknown).toEqual(unknown);
    expect(dynamo.calls().every(({ args }) => args[0] instanceof QueryCommand)).toBe(true);
    expect(audited).not.toHaveBeenCalled();
  });
});

describe('a dry run of privacy', () => {
  const standing = (state: 'waiting' | 'stopped') => {
    const erasure = { read: async () => ({ request: 'r-1', state, requestedAt: 0, dueAt: 1, goneSince: 0 }) };
    // Only what reads is there: a write would be a call of nothing.
    const find = async (id: string) => ({ state: id === '1' ? 'held' : 'not-held' });
    return {
      stores: [STORE],
      privacyStores: [STORE],
      storeOf: () => ({
        platform: { resources: { customer: {} } },
        kinds: [
          { name: 'order', find },
          { name: 'customer', find },
        ],
        erasure,
      }),
      ordersOf: async (keys: readonly object[]) => keys.map(() => ({})),
      control: { clock },
      audited,
    } as unknown as OperatorContext;
  };
  const names = ['shop:s:1', 'shop:s:customer:9'];
  const results = z.array(
    z.strictObject({ order: z.string(), result: z.enum(['erased', 'erased-before', 'not-held']) }),
  );
  const about = { store: z.literal('shop:s'), request: z.literal('r-1') };

  it.each([
    [
      'erase',
      (dry: Dry) => erasePersons(standing('waiting'), names, { ...dry, yes: false }),
      /shop#s#order#1 .*its person would be erased for good\nshop#s#customer#9 .*is not here/,
      planned({ results }),
    ],
    [
      'stop',
      (dry: Dry) => stopErasure(standing('waiting'), 'shop:s', dry),
      /request r-1 to erase shop:s would be stopped/,
      planned({ ...about, state: z.literal('stopped') }),
    ],
    [
      'resume',
      (dry: Dry) => resumeErasure(standing('stopped'), 'shop:s', dry),
      /shop:s would be erased for good from 2026-11-24T12:00:00.000Z on/,
      planned({ ...about, state: z.literal('waiting'), dueAt: z.iso.datetime() }),
    ],
  ] as const)('%s says what would be erased, and writes nothing', async (_, command, text, schema) => {
    const shown = await dryRunOf(command);

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toMatch(text);
    expect(() => schema.parse(shown.said)).not.toThrow();
    expect(audited).not.toHaveBeenCalled();
  });

  it('stop is refused as the real one is, where no request waits', async () => {
    const stop = stopErasure(standing('stopped'), 'shop:s', { dryRun: true, json: false });

    await expect(stop).rejects.toThrow(/No request to erase shop:s is waiting/);
  });
});

describe('a dry run of what calls somebody', () => {
  const path = {
    operation: 'items.put',
    method: 'PUT',
    path: '/items/{id}',
    through: 'write',
    reachedBy: [],
  };
  // Neither a connection nor a topic's client is there.
  const context = {
    stores: [STORE],
    storeOf: () => ({ platform: { resources: { product: { exports: {} } } } }),
    channelOf: () => ({
      platform: { name: 'shop', passThrough: { endpoints: () => [path] } },
      stores: [{ id: 's' }],
    }),
    merchant: { name: 'demo', alarmEmail: 'alarms@example.com' },
    outputs: () => 'arn:topic',
    audited,
  } as unknown as OperatorContext;

  it.each([
    [
      'call',
      (dry: Dry) => callPlatform(context, 'shop', 'put', 'items/7', { ...dry, data: '{"n":1}', yes: false }),
      'PUT /items/{id} would be called at shop:s, which changes something',
      planned({
        platform: z.literal('shop'),
        store: z.literal('s'),
        call: z.string(),
        changes: z.literal(true),
        request: z.strictObject({
          method: z.literal('PUT'),
          path: z.literal('items/7'),
          query: z.strictObject({}),
          body: z.strictObject({ n: z.literal(1) }),
        }),
      }),
    ],
    [
      'doctor --alarm-test',
      (dry: Dry) => doctor(context, { ...dry, alarmTest: true }),
      'the topic of the alarms, which mails alarms@example.com',
      planned({ topic: z.literal('arn:topic'), to: z.literal('alarms@example.com') }),
    ],
    [
      'products export',
      (dry: Dry) => exportProducts(context, 'shop:s', dry),
      'The whole catalogue of shop:s would be asked for',
      planned({ platform: z.literal('shop'), storeId: z.literal('s') }),
    ],
  ] as const)('%s says whom, and calls nobody', async (_, command, text, schema) => {
    const shown = await dryRunOf(command);

    expect(shown).toMatchObject({ codes: [0, 0], endsAsDryRun: true });
    expect(shown.text).toContain(text);
    expect(() => schema.parse(shown.said)).not.toThrow();
    expect(audited).not.toHaveBeenCalled();
  });
});
