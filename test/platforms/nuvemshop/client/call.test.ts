import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../../functions/http/errors.ts';
import { TIMEOUT_MS } from '../../../../functions/platforms/nuvemshop/client/call.ts';
import type { Feedback } from '../../../../functions/rate-limit/bucket.ts';
import { fakeApi } from '../fake-api.ts';

const failureOf = async (promise: Promise<unknown>): Promise<PlatformError> => {
  const error = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof PlatformError)) throw new Error('it did not fail as a PlatformError');
  return error;
};

describe('a call', () => {
  it('carries what the reference demands: bearer in Authentication, User-Agent, JSON on writes (documented)', async () => {
    const { client, calls } = fakeApi(() => ({ body: { id: 1, status: 'closed' } }), {
      correlationId: 'c-7',
    });
    await client.orders.get('1');
    await client.orderWrites.update('1', { owner_note: 'x' });
    expect(calls[0]).toMatchObject({
      method: 'GET',
      url: 'https://api.nuvemshop.com.br/2025-03/5665778/orders/1?aggregates=fulfillment_orders%2Ccustom_fields',
      headers: {
        authentication: 'bearer token-1-of-the-store',
        'user-agent': 'Acopio tests (dev@example.com)',
      },
      idempotent: true,
      correlationId: 'c-7',
    });
    expect(calls[0]?.headers).not.toHaveProperty('content-type');
    expect(calls[0]).not.toHaveProperty('body');
    expect(calls[1]).toMatchObject({
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"owner_note":"x"}',
    });
  });

  it('waits longer than a full bucket takes to drain, for calls inside it queue in the server (documented)', async () => {
    const { client, calls } = fakeApi(() => ({ body: { id: 1 } }));
    await client.store.get();
    expect(calls[0]?.timeoutMs).toBe(TIMEOUT_MS);
    expect(TIMEOUT_MS).toBeGreaterThanOrEqual(25_000);
  });

  it('asks for a slot before every single call, and makes none without', async () => {
    const asked: string[] = [];
    const { client, calls } = fakeApi(() => ({ body: [] }), {
      admit: async (operation) => {
        asked.push(operation);
        if (asked.length === 2) throw new Error('no slot');
      },
    });
    await client.locations.list();
    await expect(client.locations.list()).rejects.toThrow('no slot');
    expect(asked).toEqual(['locations.list', 'locations.list']);
    expect(calls).toHaveLength(1);
  });

  it.each(['', '.', '..'])('never leaves its path for the id %j', async (id) => {
    const { client, calls } = fakeApi(() => ({ body: {} }));
    await expect(client.orders.get(id)).rejects.toThrow(RangeError);
    expect(calls).toHaveLength(0);
  });

  it('encodes what an id or a SKU holds', async () => {
    const { client, calls } = fakeApi(() => ({ body: { id: 1 } }));
    await client.products.getBySku('A B?c=1#ñ%2F');
    expect(calls[0]?.url).toMatch(/\/products\/sku\/A%20B%3Fc%3D1%23%C3%B1%252F$/);
  });
});

describe('a refused token', () => {
  const tokens = () => {
    const asked: boolean[] = [];
    const token = async ({ fresh }: { fresh: boolean }) => {
      asked.push(fresh);
      return fresh ? 'token-2-of-the-store' : 'token-1-of-the-store';
    };
    return { asked, token };
  };

  it('is read again once, and the call made once more, even a write: it was not carried out', async () => {
    const { asked, token } = tokens();
    const { client, calls } = fakeApi((_, index) => (index === 0 ? { status: 401 } : { body: { id: 1 } }), {
      token,
    });
    await client.orderWrites.close('1');
    expect(asked).toEqual([false, true]);
    expect(calls.map(({ headers }) => headers.authentication)).toEqual([
      'bearer token-1-of-the-store',
      'bearer token-2-of-the-store',
    ]);
  });

  it('stops the platform when the new one is refused too', async () => {
    const { client, calls } = fakeApi(() => ({ status: 401 }), { token: tokens().token });
    const error = await failureOf(client.orders.get('1'));
    expect(error).toMatchObject({ kind: 'auth-failed', status: 401, outcomeUnknown: false });
    expect(error.remedy).toBeTruthy();
    expect(calls).toHaveLength(2);
  });

  it('is not tried again when there is no other', async () => {
    const { client, calls } = fakeApi(() => ({ status: 401 }));
    await failureOf(client.orders.get('1'));
    expect(calls).toHaveLength(1);
  });
});

describe('the feedback of the rate limit', () => {
  const feedbackOf = async (status: number, headers: Record<string, string>) => {
    const heard: Feedback[] = [];
    const { client } = fakeApi(() => ({ status, headers, body: { id: 1 } }), {
      onFeedback: (feedback) => heard.push(feedback),
    });
    const error = await client.store.get().catch((reason: unknown) => reason);
    return { heard, error };
  };

  it('reads size, remaining and reset, the reset in ms (documented)', async () => {
    const { heard } = await feedbackOf(200, {
      'x-rate-limit-limit': '400',
      'x-rate-limit-remaining': '17',
      'x-rate-limit-reset': '19150',
    });
    expect(heard).toEqual([{ limit: 400, remaining: 17, resetMs: 19_150, throttled: false, ageMs: 0 }]);
  });

  it('comes back from a 429 by the reset, for it has no Retry-After, and caps it (observed)', async () => {
    const { heard, error } = await feedbackOf(429, {
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': '20000',
    });
    expect(heard).toEqual([
      { remaining: 0, resetMs: 20_000, retryAfterMs: 20_000, throttled: true, ageMs: 0 },
    ]);
    expect(error).toMatchObject({ kind: 'retry-later', throttled: true, retryAfterMs: 20_000 });
    const far = await feedbackOf(429, { 'x-rate-limit-reset': '99999999' });
    expect(far.error).toMatchObject({ retryAfterMs: 30_000 });
  });

  it('is silent about what the platform did not say, and about nonsense', async () => {
    const { heard } = await feedbackOf(200, { 'x-rate-limit-limit': 'many', 'x-rate-limit-reset': '-4' });
    expect(heard).toEqual([{ throttled: false, ageMs: 0 }]);
  });
});

describe('an error body', () => {
  it.each([
    [{ code: 404, message: 'Not Found', description: 'Order not found' }, 404, 'Order not found'],
    [{ code: 404, message: 'Not Found', description: null }, 404, 'Not Found'],
    [{ error: 'Problems parsing JSON' }, 400, 'Problems parsing JSON'],
    [{ name: ["can't be blank"] }, 422, "name can't be blank"],
    [
      {
        code: 422,
        message: 'Unprocessable Entity',
        description: 'Validation error',
        price: ['The price must be a number.'],
      },
      422,
      'Validation error; price The price must be a number.',
    ],
    [{ description: 'Bad Request', messages: { status: ['is not valid'] } }, 400, 'status is not valid'],
    [{ description: 'Bad Request', message: 'It must not be identical' }, 400, 'It must not be identical'],
    ['<oops>', 422, undefined],
    [[1], 422, undefined],
  ])('%j is reported in one line: the three shapes of 422 (documented)', async (body, status, said) => {
    const { client } = fakeApi(() => ({ status, body }));
    expect((await failureOf(client.store.get())).said).toBe(said);
  });

  it('is reported without the personal data it quotes', async () => {
    const body = { email: ['persona@example.com has been taken by +54 11 5555-4444'] };
    const { client } = fakeApi(() => ({ status: 422, body }));
    const error = await failureOf(client.store.get());
    expect(error.message).not.toMatch(/persona|5555/);
    expect(error.said).toContain('[e-mail] has been taken');
  });

  it('tells a log which fields it is about, and never its words, which may quote a buyer', async () => {
    const body = {
      error: 'invalid_data',
      description: 'Juana Plantada is no name',
      customer_name: ['Juana Plantada is too long'],
    };
    const { client } = fakeApi(() => ({ status: 422, body }));
    const error = await failureOf(client.store.get());
    expect(error.message).toContain('invalid_data. It is about customer_name.');
    expect(error.message).not.toContain('Juana');
    expect(error.said).toContain('Juana Plantada is too long');
  });

  it('is not read when it is larger than any error body: it may be anything', async () => {
    const { client } = fakeApi(() => ({ status: 422, body: { description: 'x'.repeat(100_000) } }));
    expect(await failureOf(client.store.get())).toMatchObject({ status: 422, said: undefined });
  });

  it('of a 404 that is not the API’s own leaves open whether the thing exists', async () => {
    const { client } = fakeApi(() => ({ status: 404, body: '' }));
    expect(await failureOf(client.orders.get('1'))).toMatchObject({ kind: 'retry-later', status: 404 });
  });

  it('402 stops the platform with a remedy (documented)', async () => {
    const { client } = fakeApi(() => ({ status: 402, body: {} }));
    expect(await failureOf(client.orders.get('1'))).toMatchObject({
      kind: 'auth-failed',
      remedy: expect.stringContaining('unpaid') as string,
    });
  });
});

describe('an answer of another shape', () => {
  it('is not understood, and named by paths', async () => {
    const { client } = fakeApi(() => ({ body: { no: 'id', email: 'persona@example.com' } }));
    const error = await failureOf(client.customers.get('1'));
    expect(error).toMatchObject({ kind: 'invalid-response', status: 200, outcomeUnknown: true });
    expect(error.message).toContain('id:');
    expect(error.message).not.toContain('persona');
  });

  it('may have more fields than we know', async () => {
    const { client } = fakeApi(() => ({ body: { id: '9', brand_new: { x: 1 } } }));
    expect(await client.store.get()).toMatchObject({ id: '9', brand_new: { x: 1 } });
  });
});
