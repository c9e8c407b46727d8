import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, createMetrics } from '../../functions/runtime/telemetry.ts';

/** What is written to standard output, line by line. */
const written: Record<string, unknown>[] = [];
beforeEach(() => {
  written.length = 0;
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(JSON.parse(String(text)));
    return true;
  });
  return () => write.mockRestore();
});

describe('a log', () => {
  it('writes a line of JSON with what belongs to the function, to the call and to the line', () => {
    const log = createLog({ service: 'shop-poll', level: 'INFO', merchant: 'demo' });
    log.begin({ requestId: 'r-1' });

    log.warn('the page is late', { page: 3, orders: ['a', 'b'], store: undefined });

    expect(written).toEqual([
      {
        level: 'WARN',
        message: 'the page is late',
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        service: 'shop-poll',
        merchant: 'demo',
        requestId: 'r-1',
        page: 3,
        orders: ['a', 'b'],
      },
    ]);
  });

  it('forgets the call before when another begins', () => {
    const log = createLog({ service: 's', level: 'INFO', merchant: 'demo' });
    log.begin({ requestId: 'r-1', batch: 1 });
    log.begin({ requestId: 'r-2' });

    log.info('hello');

    expect(written[0]).toMatchObject({ requestId: 'r-2' });
    expect(written[0]).not.toHaveProperty('batch');
  });

  it('leaves out what is below its level', () => {
    const log = createLog({ service: 's', level: 'WARN', merchant: 'demo' });

    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level);

    expect(written.map(({ level }) => level)).toEqual(['WARN', 'ERROR']);
  });

  it('says of an error no more than its name, also where the type was not kept to', () => {
    const log = createLog({ service: 's', level: 'INFO', merchant: 'demo' });

    log.error('failed', { error: new TypeError('Juana Plantada') as never });

    expect(written[0]).toMatchObject({ error: 'TypeError' });
  });
});

describe('metrics', () => {
  const namesIn = (line: Record<string, unknown> | undefined) =>
    (
      line?._aws as
        | { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] }
        | undefined
    )?.CloudWatchMetrics.map(({ Dimensions, Metrics }) => [Dimensions[0], Metrics.map(({ Name }) => Name)]);

  it('are written when they are flushed, a line for each platform, in the embedded metric format', () => {
    const metrics = createMetrics({ merchant: 'demo' });
    metrics.add('FeedLagSeconds', 'erp', 0.5);
    metrics.add('FeedLagSeconds', 'erp', 1.5);
    metrics.add('OrderCreated', 'shop', 1);

    metrics.flush();

    expect(written).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'Acopio',
              Dimensions: [['merchant']],
              Metrics: [{ Name: 'FeedLagSeconds', Unit: 'Seconds' }],
            },
          ],
        },
        merchant: 'demo',
        platform: 'erp',
        FeedLagSeconds: [0.5, 1.5],
      },
      expect.objectContaining({ platform: 'shop', OrderCreated: 1 }),
    ]);
  });

  it('have the dimensions that each is watched by', () => {
    const metrics = createMetrics({ merchant: 'demo' });
    metrics.add('OrderCreated', 'shop', 1);
    metrics.add('MessageAgeSeconds', 'shop', 2);

    metrics.flush();

    expect(namesIn(written[0])).toEqual([
      [['merchant', 'platform'], ['OrderCreated']],
      [['merchant'], ['MessageAgeSeconds']],
    ]);
  });

  it('that nothing watches alone are numbers of the line and no series, added up', () => {
    const metrics = createMetrics({ merchant: 'demo' });
    metrics.add('OrderUpdated', 'shop', 1);
    metrics.add('OrderUpdated', 'shop', 2);

    metrics.flush();

    expect(written).toEqual([{ merchant: 'demo', platform: 'shop', OrderUpdated: 3 }]);
  });

  it('that share an alarm are counted into one series, and the line says which they were', () => {
    const metrics = createMetrics({ merchant: 'demo' });
    metrics.add('OrderNeedsReview', 'shop', 2);
    metrics.add('CommandFailed', 'shop', 1);
    metrics.add('InstallFailed', 'shop', 1);

    metrics.flush();

    expect(namesIn(written[0])).toEqual([[['merchant'], ['NeedsAttention', 'OrdersEndangered']]]);
    expect(written[0]).toMatchObject({
      OrderNeedsReview: 2,
      CommandFailed: 1,
      InstallFailed: 1,
      NeedsAttention: 3,
      OrdersEndangered: 1,
    });
  });

  it('are no zeros, but where an alarm tells 0 from silence: a series costs money in each hour that has a value', () => {
    const metrics = createMetrics({ merchant: 'demo' });
    metrics.add('OrderNeedsReview', 'shop', 0);
    metrics.add('EndpointFailing', 'erp', 0);
    metrics.add('WebhookAccepted', 'shop', 0);

    metrics.flush();

    expect(namesIn(written[0])).toEqual([[['merchant', 'platform'], ['WebhookAccepted']]]);
    expect(written).toHaveLength(1);
  });

  it('are written once', () => {
    const metrics = createMetrics({ merchant: 'demo' });
    metrics.add('OrderCreated', 'shop', 1);

    metrics.flush();
    metrics.flush();

    expect(written).toHaveLength(1);
  });

  it('have at most a hundred values in a line, which is what CloudWatch takes', () => {
    const metrics = createMetrics({ merchant: 'demo' });
    for (let n = 0; n < 250; n += 1) metrics.add('FeedLagSeconds', 'erp', n);

    metrics.flush();

    expect(written.map((line) => (line.FeedLagSeconds as number[]).length)).toEqual([100, 100, 50]);
  });
});
