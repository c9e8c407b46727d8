import { describe, expect, it, onTestFinished } from 'vitest';
import { createSeededRandom } from '../../../local/platforms/shared/seeded-random.ts';
import {
  createWebhookDeliverer,
  type WebhookDelivererOptions,
} from '../../../local/platforms/shared/webhook-deliverer.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { openReceiver } from './receiver.ts';

async function prepare(options: Partial<WebhookDelivererOptions> = {}) {
  const clock = createVirtualClock(0);
  const receiver = await openReceiver();
  const deliverer = createWebhookDeliverer({
    clock,
    random: createSeededRandom(1),
    policy: { timeoutMs: 3000, retryWaitsMs: [0, 300_000, 600_000] },
    ...options,
  });
  onTestFinished(() => deliverer.stop());
  const send = (label: string) => deliverer.send({ url: receiver.url, body: label, headers: {}, label });
  return { clock, receiver, deliverer, send };
}

describe('webhook deliverer', () => {
  it('delivers once what is accepted', async () => {
    const { deliverer, receiver, send } = await prepare();
    send('one');
    await deliverer.settled();
    expect(receiver.received.map(({ body }) => body)).toEqual(['one']);
    expect(deliverer.log).toMatchObject([{ label: 'one', state: 'delivered', attempts: [{ status: 200 }] }]);
  });

  it('tries again after each wait and gives up after the last', async () => {
    // Arrange
    const { clock, deliverer, receiver, send } = await prepare();
    receiver.answer = () => 500;

    // Act
    send('one');
    await deliverer.quiet();
    await clock.advance(1);
    await deliverer.quiet();
    const afterTheFirstRetry = receiver.received.length;
    await clock.advance(300_000);
    await deliverer.quiet();
    await clock.advance(600_000);
    await deliverer.settled();

    // Assert
    expect(afterTheFirstRetry).toBe(2);
    expect(deliverer.log[0]).toMatchObject({ state: 'given-up' });
    expect(deliverer.log[0]?.attempts.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    expect(deliverer.pending()).toBe(0);
  });

  it('scales the waits', async () => {
    const { clock, deliverer, receiver, send } = await prepare({ retryScale: 0.001 });
    receiver.answer = () => (receiver.received.length < 4 ? 503 : 204);
    send('one');
    for (let i = 0; i < 3; i += 1) {
      await deliverer.quiet();
      await clock.advance(600);
    }
    await deliverer.settled();
    expect(deliverer.log[0]).toMatchObject({ state: 'delivered' });
    expect(clock.now()).toBeLessThan(2000);
  });

  it('cuts an attempt off after its timeout', async () => {
    const { clock, deliverer, receiver, send } = await prepare({
      policy: { timeoutMs: 3000, retryWaitsMs: [] },
    });
    const arrived = new Promise<void>((resolve) => {
      receiver.answer = () => {
        resolve();
        return 'silent';
      };
    });
    send('one');
    await arrived;
    await clock.advance(3000);
    await deliverer.settled();
    expect(deliverer.log[0]).toMatchObject({
      state: 'given-up',
      attempts: [{ status: 0, failure: 'timeout' }],
    });
  });

  it('does not try again what the platform would not', async () => {
    const { deliverer, receiver, send } = await prepare({
      policy: { timeoutMs: 3000, retryWaitsMs: [1000], retryable: (status) => status >= 500 },
    });
    receiver.answer = () => 400;
    send('one');
    await deliverer.settled();
    expect(deliverer.log[0]).toMatchObject({ state: 'given-up', attempts: [{ status: 400 }] });
  });

  it('notes the network error of a receiver that is not there', async () => {
    const { deliverer } = await prepare({ policy: { timeoutMs: 3000, retryWaitsMs: [] } });
    deliverer.send({ url: 'http://127.0.0.1:1', body: '', headers: {}, label: 'lost' });
    await deliverer.settled();
    expect(deliverer.log[0]?.attempts[0]?.status).toBe(0);
    expect(deliverer.log[0]?.attempts[0]?.failure).not.toBe('timeout');
  });

  it('duplicates and reorders when told to', async () => {
    // Arrange
    const { clock, deliverer, receiver, send } = await prepare({ duplicateProbability: 1, disorderMs: 100 });

    // Act
    send('one');
    await deliverer.quiet();
    deliverer.configure({ duplicateProbability: 0, reorderProbability: 1 });
    send('held back');
    deliverer.configure({ reorderProbability: 0 });
    send('overtakes');
    await deliverer.quiet();
    await clock.advance(100);
    await deliverer.settled();

    // Assert
    const bodies = receiver.received.map(({ body }) => body);
    expect(bodies.filter((body) => body === 'one')).toHaveLength(2);
    expect(bodies.indexOf('overtakes')).toBeLessThan(bodies.indexOf('held back'));
    expect(deliverer.log.find((entry) => entry.duplicateOf !== undefined)).toMatchObject({ duplicateOf: 1 });
  });

  it('gives everything up when it is stopped', async () => {
    const { deliverer, receiver, send } = await prepare();
    receiver.answer = () => 500;
    send('one');
    await deliverer.quiet();
    deliverer.stop();
    await deliverer.settled();
    expect(deliverer.log[0]?.state).toBe('given-up');
    send('after');
    expect(deliverer.log).toHaveLength(1);
  });
});
