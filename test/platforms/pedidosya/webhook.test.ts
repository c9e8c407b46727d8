import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyWebhook } from '../../../functions/platforms/pedidosya/webhook.ts';

describe('what came to the webhook', () => {
  it('is an order by its order_id', () => {
    const json = { order_id: 'o-1', status: 'RECEIVED' };
    expect(classifyWebhook(json)).toEqual({ kind: 'order', orderId: 'o-1', json });
  });

  it.each([
    [
      {
        job_id: 'j',
        status: 'COMPLETED',
        platform_vendor_id: 'naez',
        download_url: 'https://x.example/f.csv',
      },
    ],
    [
      {
        job_id: 'j',
        job_status: 'completed',
        platform_vendor_id: 'naez',
        downloadURL: 'https://x.example/f.csv',
      },
    ],
  ])('is a catalogue result by its job_id, in either spelling', (json) => {
    expect(classifyWebhook(json)).toEqual({
      kind: 'catalogue-job',
      result: {
        jobId: 'j',
        status: 'COMPLETED',
        platformStatus: expect.stringMatching(/^completed$/i),
        ended: true,
        vendorId: 'naez',
        downloadUrl: 'https://x.example/f.csv',
      },
    });
  });

  it('is a catalogue result although everything but its id is odd', () => {
    expect(classifyWebhook({ job_id: 7, status: 3, download_url: {} })).toEqual({
      kind: 'catalogue-job',
      result: { jobId: '7', status: 'unknown', platformStatus: '3', ended: false },
    });
  });

  it('is an order when a body carries both ids, since an order must not pass for a report', () => {
    expect(classifyWebhook({ order_id: 'o', job_id: 'j', status: 'RECEIVED' }).kind).toBe('order');
    expect(classifyWebhook({ order_id: 'o', job_id: null, status: 'RECEIVED' }).kind).toBe('order');
  });

  it.each([[null], [[]], ['text'], [7], [{}], [{ order_id: '' }], [{ order_id: {} }], [{ job_id: null }]])(
    'is unknown: %j',
    (json) => {
      expect(classifyWebhook(json).kind).toBe('unknown');
    },
  );

  it('is classified without an exception, whatever it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => void classifyWebhook(json)));
  });
});
