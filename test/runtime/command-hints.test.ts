import type { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import {
  commandHintSchema,
  createCommandHints,
  hintOf,
  subjectOfHint,
} from '../../functions/runtime/command-hints.ts';

/** What SQS refuses in a message. (API reference, SendMessage.) */
const REFUSED_BY_SQS = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

it('a hint holds characters that the queue takes, whatever the order is called, and names it', async () => {
  const sent: string[] = [];
  const client = {
    send: async ({ input }: { input: { MessageBody: string } }) => void sent.push(input.MessageBody),
  } as unknown as SQSClient;
  const orderId = 'o\u0000\ufffe\uffff\u2028🧉';

  await createCommandHints(client, 'https://queue').send({ storeId: 's', orderId });

  expect(sent[0]).not.toMatch(REFUSED_BY_SQS);
  expect(commandHintSchema.parse(JSON.parse(sent[0] ?? ''))).toMatchObject({ orderId });
});

it('a hint is of its store’s group, so that the queue lets no store wait behind all orders of another one', async () => {
  const groups: unknown[] = [];
  const client = {
    send: async ({ input }: { input: { MessageGroupId?: string } }) => void groups.push(input.MessageGroupId),
  } as unknown as SQSClient;
  const hints = createCommandHints(client, 'https://queue');

  await hints.send({ storeId: 'a', orderId: '1' });
  await hints.send({ storeId: 'b', orderId: '1' }, 5_000);

  expect(groups).toEqual(['a', 'b']);
});

it.each([
  { platform: 'shop', storeId: 's', platformOrderId: 'o#1' },
  { platform: 'shop', storeId: 's', externalId: 'C-1' },
])('a hint of %j names it to whoever reads it', (subject) => {
  const message = { v: 1, ...hintOf(subject) };

  expect(subjectOfHint('shop', commandHintSchema.parse(message))).toEqual(subject);
});
