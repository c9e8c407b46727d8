import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';
import { createPollers, poll } from '../../functions/pipeline/poll.ts';
import { processEvent } from '../../functions/pipeline/process.ts';
import { createProcessor } from '../../functions/pipeline/processor.ts';
import { createReceiver, RECEIVER_PATIENCE, receive, receivingOf } from '../../functions/pipeline/receive.ts';
import { createReconcilers } from '../../functions/pipeline/reconcile/reconcile.ts';
import { longestCallMs } from '../../functions/runtime/aws-clients.ts';
import { serialise } from '../../functions/runtime/queue.ts';
import { SIGNATURE_HEADER, signatureOf } from '../support/bazaar/api.ts';
import { changed, received } from '../support/bazaar/bench.ts';
import { PAGE, run } from '../support/bazaar/job-benches.ts';
import { APP_SECRET } from '../support/bazaar/settings.ts';
import { openSilent } from '../support/bazaar/silent-account.ts';
import { PROCESSOR_PARTS, runOf } from '../support/deployment-bench.ts';
import { localTables } from '../support/local-tables.ts';
import { type Endpoint, IMPATIENT, passOn, silent } from '../support/silent-aws.ts';

const tables = localTables();

/** The table falls silent when the platform hands out its next page. */
function silenceTableAtRead(bed: { shop: { fetch: typeof fetch } }, table: Endpoint): typeof fetch {
  return async (input, init) => {
    const answer = await bed.shop.fetch(input, init);
    if (PAGE.test(String(input))) table.behave = silent;
    return answer;
  };
}

describe('a poll', () => {
  it('keeps a page in the outbox when the queue is silent, and says so only then', async () => {
    // Arrange
    const bed = await openSilent(tables, 'queue-silent', { queue: true });
    bed.shop.place('queue-silent');
    const [poller] = createPollers(bed.deployed, bed.runtime);

    // Act
    await poll(poller!, run('r1'));

    // Assert
    expect(await poller!.outbox.countWaiting()).toBe(1);
    expect(bed.metrics.total('LostReadSuspected')).toBe(0);
    expect(bed.metrics.total('PollFailed')).toBe(1);
    expect(bed.log.lines.map(({ message }) => message)).toContain(
      'the queue refused a page that was read; the next run sends it from the outbox',
    );
  });

  it('tells that a page is lost when queue and table are silent, with its orders and without their bytes', async () => {
    // Arrange
    const bed = await openSilent(tables, 'both-silent', { queue: true });
    const ids = [bed.shop.place('both-silent').id, bed.shop.place('both-silent').id];
    vi.stubGlobal('fetch', silenceTableAtRead(bed, bed.table));
    const [poller] = createPollers(bed.deployed, bed.runtime);

    // Act
    await poll(poller!, {
      requestId: 'r1',
      // No time for a second try once the page was read.
      remainingMs: () => (bed.table.behave === silent ? 0 : 120_000),
    }).catch(() => {});

    // Assert
    const last = bed.log.lines.filter(({ level }) => level === 'error');
    const lost = last.find(({ message }) => message.includes('is lost'));
    expect(lost?.message).toContain('Compare the last orders in the Bazaar panel');
    expect(lost?.fields).toMatchObject({ correlationId: 'r1-both-silent-p1', orderIds: ids });
    expect(JSON.stringify(bed.log.lines)).not.toMatch(/is kept|from the outbox/);
    expect(bed.metrics.total('LostReadSuspected')).toBe(1);
    // Written at once: what follows needs the table as well.
    expect(bed.flushed).toContain(1);
  });

  it('tries queue and table again while there is time, so that a short silence loses nothing', async () => {
    // Arrange
    const bed = await openSilent(tables, 'short-silence', { queue: true });
    bed.shop.place('short-silence');
    vi.stubGlobal('fetch', silenceTableAtRead(bed, bed.table));
    const clock = {
      ...bed.clock,
      sleep: async (ms: number) => {
        bed.table.behave = passOn(tables.endpoint);
        await bed.clock.sleep(ms);
      },
    };
    const [poller] = createPollers(bed.deployed, { ...bed.runtime, clock });

    // Act
    await poll(poller!, run('r1'));

    // Assert
    expect(await poller!.outbox.countWaiting()).toBe(1);
    expect(bed.metrics.total('LostReadSuspected')).toBe(0);
  });

  it('reads nothing when its secret does not come', async () => {
    const bed = await openSilent(tables, 'secret-silent', { secrets: silent });
    bed.shop.place('secret-silent');
    const [poller] = createPollers(bed.deployed, bed.runtime);

    await poll(poller!, run('r1'));

    expect(bed.shop.callsTo(PAGE)).toHaveLength(0);
    expect(bed.metrics.total('PollFailed')).toBe(1);
  });

  it('ends by itself when the table is silent from the beginning', async () => {
    const bed = await openSilent(tables, 'table-silent');
    bed.table.behave = silent;
    const [poller] = createPollers(bed.deployed, bed.runtime);

    await expect(poll(poller!, run('r1'))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a webhook', () => {
  const post = (bed: Awaited<ReturnType<typeof openSilent>>, patience = IMPATIENT) => {
    const body = '{"order":1}';
    const receiver = createReceiver(receivingOf(bed.deployed), { ...bed.runtime, patience });
    const headers = { [SIGNATURE_HEADER]: signatureOf(body, APP_SECRET.clientSecret) };
    const requestContext = { requestId: 'req-1' };
    const event = { headers, rawPath: '/webhooks/bazaar', requestContext, body, isBase64Encoded: false };
    return receive(receiver, event as unknown as APIGatewayProxyEventV2);
  };

  it('is answered 503 while the platform still waits (3 s, documented) when the queue is silent', async () => {
    const bed = await openSilent(tables, 'webhook-queue', { queue: true });

    const answer = await post(bed, RECEIVER_PATIENCE);

    expect(answer.statusCode).toBe(503);
    // One call with all its attempts, and no other: what it waits leaves a busy machine half a second.
    expect(bed.silentQueue?.count).toBe(RECEIVER_PATIENCE.attempts);
    expect(longestCallMs(RECEIVER_PATIENCE)).toBeLessThan(2500);
    expect(bed.metrics.total('WebhookNotQueued')).toBe(1);
  });

  it('is answered 503 when its secret does not come', async () => {
    const bed = await openSilent(tables, 'webhook-secret', { secrets: silent });

    expect(await post(bed)).toMatchObject({ statusCode: 503 });
  });
});

describe('a batch of messages', () => {
  const deal = (bed: Awaited<ReturnType<typeof openSilent>>, message: Parameters<typeof serialise>[0]) => {
    const processor = createProcessor(bed.deployed, bed.runtime, PROCESSOR_PARTS, () => 0.5);
    const Records = [{ messageId: 'm-1', body: serialise(message) }];
    return processEvent(processor, { Records } as SQSEvent);
  };

  it('comes back when the table is silent, before the function is ended', async () => {
    const bed = await openSilent(tables, 'batch-table');
    bed.table.behave = silent;

    const { batchItemFailures } = await deal(bed, changed(bed, bed.shop.place('batch-table').id));

    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }]);
  });

  it('comes back when the secret of the platform does not come', async () => {
    const bed = await openSilent(tables, 'batch-secret', { secrets: silent });

    const { batchItemFailures } = await deal(bed, changed(bed, bed.shop.place('batch-secret').id));

    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }]);
  });

  it('comes back when what has to wait cannot be queued', async () => {
    const bed = await openSilent(tables, 'batch-queue', { queue: true });
    await bed.circuit.trip('401', 'Renew it.');

    const { batchItemFailures } = await deal(bed, changed(bed, bed.shop.place('batch-queue').id));

    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }]);
  });

  it('with bytes that a platform pushed comes back when the table is silent', async () => {
    const bed = await openSilent(tables, 'batch-bytes');
    bed.table.behave = silent;

    const { batchItemFailures } = await deal(
      bed,
      received(bed, Buffer.from('no json'), { storeId: bed.storeId }),
    );

    expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-1' }]);
  });
});

describe('a reconciliation', () => {
  it('ends with a report of the failure when the queue is silent', async () => {
    const bed = await openSilent(tables, 'reconcile-queue', { queue: true });
    bed.shop.place('reconcile-queue');
    bed.clock.move(3_600_000);
    const [reconciler] = createReconcilers(bed.deployed, bed.runtime);

    const report = await runOf(reconciler!);

    expect(report.counts).toMatchObject({ repaired: 0, failed: 1 });
  });

  it('ends by itself when the secret does not come', async () => {
    const bed = await openSilent(tables, 'reconcile-secret', { secrets: silent });
    const [reconciler] = createReconcilers(bed.deployed, bed.runtime);

    expect(await runOf(reconciler!)).toMatchObject({ outcome: 'failed' });
  });
});
