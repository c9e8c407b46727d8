import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDeadLetters } from '../../../functions/pipeline/replay/dead-letters.ts';

let server: Awaited<ReturnType<typeof startFauxqs>>;
let client: SQSClient;

beforeAll(async () => {
  server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  client = new SQSClient({
    region: 'sa-east-1',
    endpoint: `http://127.0.0.1:${server.port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const body = (id: number) =>
  JSON.stringify({
    v: 1,
    kind: 'received',
    correlationId: `c-${id}`,
    receivedAt: 5,
    attempts: 2,
    payload: 'Invented Person',
  });

async function bench(name: string, letters: number) {
  const queue = async (kind: string) => {
    const QueueName = `${name}-${kind}`;
    await client.send(new CreateQueueCommand({ QueueName }));
    return `http://127.0.0.1:${server.port}/000000000000/${QueueName}`;
  };
  const [from, to] = [await queue('dead'), await queue('work')];
  const send = (MessageBody: string) =>
    client.send(
      new SendMessageCommand({
        QueueUrl: from,
        MessageBody,
        MessageAttributes: { trace: { DataType: 'String', StringValue: 'kept' } },
      }),
    );
  for (let id = 0; id < letters; id += 1) await send(body(id));
  const bodiesOf = async (QueueUrl: string) => {
    const found: string[] = [];
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      );
      if (Messages.length === 0) return found;
      for (const one of Messages) {
        expect(one.MessageAttributes?.trace?.StringValue).toBe('kept');
        found.push(one.Body ?? '');
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: one.ReceiptHandle }));
      }
    }
  };
  return { from, to, send, bodiesOf, letters: createDeadLetters({ client, from, to }) };
}

describe('dead letters', () => {
  it('are shown without their payload, and stay', async () => {
    const bed = await bench('peek', 3);
    await bed.send('not one of ours: Invented Person');

    const shown = await bed.letters.peek(10);

    expect(shown).toHaveLength(4);
    expect(shown.find(({ correlationId }) => correlationId === 'c-1')).toMatchObject({
      kind: 'received',
      receivedAt: 5,
      attempts: 2,
    });
    expect(shown.filter(({ kind }) => kind === 'unknown')).toHaveLength(1);
    expect(JSON.stringify(shown)).not.toContain('Person');
    expect(await bed.letters.count()).toBe(4);
    expect(await bed.bodiesOf(bed.from)).toHaveLength(4);
  });

  it('tell their tries, which no look changes, apart from their receives', async () => {
    // Arrange: two receives that end in nothing, then the queue gives the message up.
    const url = (name: string) => `http://127.0.0.1:${server.port}/000000000000/${name}`;
    await client.send(new CreateQueueCommand({ QueueName: 'tries-dead' }));
    const [from, to] = [url('tries-dead'), url('tries-work')];
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: from, AttributeNames: ['QueueArn'] }),
    );
    const policy = { deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 2 };
    const RedrivePolicy = JSON.stringify(policy);
    await client.send(
      new CreateQueueCommand({
        QueueName: 'tries-work',
        Attributes: { RedrivePolicy, VisibilityTimeout: '0' },
      }),
    );
    await client.send(new SendMessageCommand({ QueueUrl: to, MessageBody: body(1) }));
    for (let tries = 0; tries < 3; tries += 1) await client.send(new ReceiveMessageCommand({ QueueUrl: to }));
    await client.send(new SendMessageCommand({ QueueUrl: from, MessageBody: body(2) }));
    const letters = createDeadLetters({ client, from, to });

    // Act
    const [first, second] = [await letters.peek(10), await letters.peek(10)];

    // Assert
    const triesOf = (shown: typeof first) =>
      Object.fromEntries(shown.map(({ correlationId, tries }) => [correlationId, tries]));
    expect(triesOf(first)).toEqual({ 'c-1': 2 });
    expect(triesOf(second)).toEqual({ 'c-1': 2 });
    const receives = (shown: typeof first) => shown.find(({ tries }) => tries === 2)?.receives ?? 0;
    expect(receives(second)).toBe(receives(first) + 1);
  });

  it('go back as they were, every one', async () => {
    const bed = await bench('redrive', 23);

    expect(await bed.letters.redrive(1000)).toEqual({ moved: 23 });

    expect(await bed.letters.count()).toBe(0);
    const expected = Array.from({ length: 23 }, (_, id) => body(id));
    expect((await bed.bodiesOf(bed.to)).sort()).toEqual(expected.sort());
  });

  it.each([
    ['a deletion', DeleteMessageCommand],
    ['a sending', SendMessageCommand],
  ])('are lost by no interruption: each is in one of the queues, or in both (%s)', async (what, Command) => {
    // Arrange: the run dies at the fourth of them.
    const bed = await bench(`interrupted-${what.replace('a ', '')}`, 8);
    let calls = 0;
    const dying = new Proxy(client, {
      get: (target, name) =>
        name === 'send'
          ? (command: DeleteMessageCommand) => {
              if (command instanceof Command && ++calls > 3) throw new Error('interrupted');
              return target.send(command);
            }
          : Reflect.get(target, name),
    });
    const letters = createDeadLetters({
      client: dying,
      from: bed.from,
      to: bed.to,
    });

    // Act
    await expect(letters.redrive(1000)).rejects.toThrow('interrupted');

    // Assert
    const moved = await bed.bodiesOf(bed.to);
    expect((await bed.letters.count()) + moved.length).toBeGreaterThanOrEqual(8);
    expect(await bed.letters.count()).toBeGreaterThanOrEqual(5);
  });

  it('that failed again during the same run are left alone', async () => {
    // Arrange: what is sent to work is among the dead letters at once, under the id that it was sent with.
    const bed = await bench('again', 2);
    const failing = new Proxy(client, {
      get: (target, name) =>
        name === 'send'
          ? (command: SendMessageCommand) =>
              target.send(
                command instanceof SendMessageCommand
                  ? new SendMessageCommand({ ...command.input, QueueUrl: bed.from })
                  : command,
              )
          : Reflect.get(target, name),
    });
    const letters = createDeadLetters({ client: failing, from: bed.from, to: bed.to });

    // Act
    const { moved } = await letters.redrive(1000);

    // Assert
    expect(moved).toBe(2);
    expect(await bed.letters.count()).toBe(2);
  });

  it('go back also where the clock of the machine that asks is hours behind', async () => {
    const bed = await bench('behind', 2);
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 8 * 3_600_000);

    const { moved } = await bed.letters.redrive(1000).finally(() => now.mockRestore());

    expect(moved).toBe(2);
  });

  it('are deleted only as many as are meant', async () => {
    const bed = await bench('purge', 12);

    expect(await bed.letters.purge(5)).toEqual({ deleted: 5 });
    expect(await bed.letters.count()).toBe(7);
  });
});
