import { expect, it } from 'vitest';
import { requestOf } from '../../functions/pipeline/refresh-request.ts';
import { sendToWait } from '../../functions/pipeline/waiting.ts';
import { keptQueue, movedClock } from '../support/fakes.ts';

const requests = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const message = {
      v: 1,
      kind: 'refresh',
      correlationId: `c-${n}`,
      receivedAt: 1,
      attempts: 0,
      storeId: 's',
      orderId: `${n}`,
      origin: 'replay',
      priority: 'urgent',
    } as const;
    const messages = [{ messageId: `${n}`, message, bytes: Buffer.alloc(0) }];
    return requestOf({ subject: { resource: 'order', id: `${n}` }, messages });
  });

it('a batch of five hundred that wait writes no more of them down at once than a client has connections for', async () => {
  const queue = keptQueue();
  let underWay = 0;
  let most = 0;
  const schedule = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
  };
  const waits = requests(500).map((request) => ({ request, delaySeconds: 60 }));

  await sendToWait({ pending: { schedule } as never, queue, clock: movedClock() }, waits);

  expect(most).toBeLessThan(50);
  expect(
    queue.sent.flatMap(({ message }) => ('messages' in message ? message.messages : [message])),
  ).toHaveLength(500);
});
