import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJob, readJobStatus } from '../../../functions/platforms/pedidosya/catalogue-job.ts';

describe('the state of a catalogue job', () => {
  it.each([
    ['COMPLETED', 'COMPLETED'],
    ['SUCCESS', 'COMPLETED'],
    ['Done', 'COMPLETED'],
    ['completed with errors', 'COMPLETED'],
    ['FAILED', 'FAILED'],
    ['ERROR', 'FAILED'],
    ['cancelled', 'FAILED'],
    ['in-progress', 'IN_PROGRESS'],
    ['RUNNING', 'IN_PROGRESS'],
    ['PENDING', 'QUEUED'],
    ['PAUSED', 'unknown'],
    ['', 'unknown'],
    [undefined, 'unknown'],
  ])('of %j is %s (documented: four words; the others are other senders’)', (word, status) => {
    expect(readJobStatus(word)).toBe(status);
  });
});

describe('what is said of a catalogue job', () => {
  it('keeps the feedback of rejected products, and either spelling of ids', () => {
    const json = {
      job_id: 'j',
      status: 'SUCCESS',
      vendor_id: 'naez',
      result: {
        item_level_feedback: [
          { sku: 'A', status: 'ACCEPTED', rejection_reasons: [] },
          {
            sku: 'B',
            status: 'REJECTED',
            rejection_reasons: [{ rejected_data: 'price', rejected_reason: 'must be above 0' }],
          },
          { barcode: 7, status: 'failed', rejection_reasons: 'unknown product' },
          'odd',
        ],
        duplicated_products: ['C'],
      },
    };

    expect(readJob(json)).toEqual({
      jobId: 'j',
      status: 'COMPLETED',
      platformStatus: 'SUCCESS',
      ended: true,
      vendorId: 'naez',
      rejected: [
        { product: 'B', reasons: ['price: must be above 0'] },
        { product: '7', reasons: ['unknown product'] },
        { product: 'unknown', reasons: ['feedback that cannot be read'] },
      ],
      duplicated: ['C'],
    });
  });

  const rejectedOf = (feedback: object) =>
    readJob({
      job_id: 'j',
      status: 'COMPLETED',
      result: { item_level_feedback: [{ sku: 'A', ...feedback }] },
    })?.rejected;

  it.each(['NOT_FOUND', 'SKIPPED', 'out of assortment'])(
    'counts a product as rejected that is not plainly accepted: %s',
    (status) => {
      expect(rejectedOf({ status })).toEqual([{ product: 'A', reasons: [status] }]);
    },
  );

  it.each(['ACCEPTED', 'success', 'Updated', 'IN_PROGRESS', '', undefined])(
    'counts a product as accepted that is %j',
    (status) => {
      expect(rejectedOf({ status })).toEqual([]);
    },
  );

  it('has no empty reason where those given have fields that nobody knows', () => {
    expect(rejectedOf({ status: 'REJECTED', rejection_reasons: [{ code: 7 }] })).toEqual([
      { product: 'A', reasons: [] },
    ]);
  });

  it('says that it failed, whichever word says so', () => {
    expect(readJob({ job_id: 'j', status: 'FAILED' })).toMatchObject({ ended: true, failed: true });
    expect(readJob({ job_id: 'j', job_status: 'timed out' })).toMatchObject({ ended: true, failed: true });
    expect(readJob({ job_id: 'j', status: 'COMPLETED' })).not.toHaveProperty('failed');
  });

  it('is nothing without the id of a job', () => {
    expect(readJob({ status: 'COMPLETED' })).toBeUndefined();
    expect(readJob({ status: 'COMPLETED' }, 'known')).toMatchObject({ jobId: 'known' });
  });

  it('is read without an exception, whatever it is', () => {
    const odd = fc.jsonValue();
    const body = fc.record({ job_id: odd, status: odd, result: fc.record({ item_level_feedback: odd }) });
    fc.assert(fc.property(fc.oneof(odd, body), (json) => void readJob(json)));
  });
});
