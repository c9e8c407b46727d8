import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../../functions/http/errors.ts';
import { fakeApi } from '../fake-api.ts';

/** Variants that the product has, once the answer to the making of one was lost. */
const createdBeside = (variants: readonly object[]) => {
  const { client } = fakeApi(({ method }) => {
    if (method === 'GET') return { body: variants };
    throw new PlatformError({
      platform: 'nuvemshop',
      operation: 'variants.create',
      kind: 'retry-later',
      outcomeUnknown: true,
    });
  });
  return client.variants.create('7', { sku: 'N', values: ['M'] });
};

describe('a variant whose making was not answered', () => {
  it('is the one of its choice and SKU', async () => {
    const created = createdBeside([{ id: 1, sku: 'N', values: [{ es: 'M' }] }]);

    expect(await created).toMatchObject({ sku: 'N' });
  });

  it('is not another one that is the same choice so far', async () => {
    const created = createdBeside([{ id: 1, sku: 'M', values: [{ es: 'M' }] }]);

    await expect(created).rejects.toMatchObject({ kind: 'retry-later', outcomeUnknown: true });
  });
});
