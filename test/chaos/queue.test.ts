import { describe, expect, it } from 'vitest';
import { createSimQueue } from '../../chaos/aws/queue.ts';
import { createLoop } from '../../chaos/time/loop.ts';
import { createSeededRandom } from '../../local/platforms/shared/seeded-random.ts';

function open(disorder = { duplicates: 0, lateMs: 0 }) {
  const loop = createLoop(0);
  const queue = createSimQueue({
    name: 'q',
    visibilityMs: 1000,
    maxReceives: 2,
    loop,
    random: createSeededRandom(1),
    disorder: () => disorder,
  });
  return { loop, queue, wait: (ms: number) => loop.run({ until: loop.now() + ms }) };
}

describe('the simulated queue', () => {
  it('hides a received message for its visibility time, and gives it again if it was not deleted', async () => {
    const { queue, wait } = open();
    queue.send('a', 0);
    expect(queue.receive(10)).toMatchObject([{ body: 'a', receives: 1 }]);
    expect(queue.receive(10)).toEqual([]);
    await wait(1000);
    const [again] = queue.receive(10);
    expect(again).toMatchObject({ body: 'a', receives: 2 });
    queue.delete(again?.messageId ?? '');
    expect(queue.size).toBe(0);
  });

  it('puts a message aside once it was received too often', async () => {
    const { queue, wait } = open();
    queue.send('bad', 0);
    for (let receive = 0; receive < 3; receive += 1) {
      queue.receive(10);
      await wait(1000);
    }
    expect(queue.deadLetters.messages).toMatchObject([{ body: 'bad', receives: 2 }]);
    expect(queue.size).toBe(0);
  });

  it('keeps a delayed message back', async () => {
    const { queue, wait } = open();
    queue.send('later', 5);
    expect(queue.receive(10)).toEqual([]);
    await wait(5000);
    expect(queue.receive(10)).toHaveLength(1);
  });

  it('gives a message out again although it was deleted, where it is told to be unruly', async () => {
    const { queue, wait } = open({ duplicates: 1, lateMs: 0 });
    queue.send('twice', 0);
    await wait(30_000);
    const [first] = queue.receive(1);
    queue.delete(first?.messageId ?? '');
    expect(queue.receive(10)).toMatchObject([{ messageId: first?.messageId, body: 'twice' }]);
  });
});
