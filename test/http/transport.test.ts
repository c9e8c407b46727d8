import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import { failureOf, makeTransport, request } from './transport-bench.ts';

const broken = (code: string) =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code }) });

describe('the transport', () => {
  it('knows that a refused connection carried nothing out', async () => {
    const error = await failureOf(
      makeTransport(async () => Promise.reject(broken('ECONNREFUSED'))).transport(
        request('http://127.0.0.1:1'),
      ),
    );
    expect(error).toMatchObject({ kind: 'retry-later', outcomeUnknown: false });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('asks for a place in the limit before it makes a call once more', async () => {
    // Arrange
    const order: string[] = [];
    const { transport } = makeTransport(async () => {
      order.push('call');
      throw broken('ECONNRESET');
    });
    const full = new PlatformError({
      platform: 'nuvemshop',
      operation: 'orders.get',
      kind: 'retry-later',
      throttled: true,
    });
    const readmit = async () => {
      order.push('readmit');
      if (order.length > 3) throw full;
    };

    // Act
    const twice = await failureOf(transport(request('https://api.example', { readmit })));
    const once = await failureOf(transport(request('https://api.example', { readmit })));

    // Assert
    expect(order).toEqual(['call', 'readmit', 'call', 'call', 'readmit']);
    expect(twice.throttled).toBe(false);
    expect(once).toBe(full);
  });

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])(
    'makes an idempotent call once more when the pooled socket was closed (%s)',
    async (code) => {
      let calls = 0;
      const { transport, reports } = makeTransport(async () => {
        calls += 1;
        if (calls === 1) throw broken(code);
        return new Response('{}');
      });
      expect((await transport(request('https://api.example'))).status).toBe(200);
      expect(reports.map(({ failed }) => failed)).toEqual([true, false]);
    },
  );

  it('says of a write that was made twice that the first time may have had its effect, whatever the second answer is', async () => {
    let calls = 0;
    const { transport } = makeTransport(async () => {
      calls += 1;
      if (calls % 2 === 1) throw broken('ECONNRESET');
      return new Response('{}', { status: 429 });
    });

    const write = await transport(request('https://api.example', { method: 'PATCH' }));
    const read = await transport(request('https://api.example', { method: 'GET' }));

    expect(write).toMatchObject({ status: 429, mayHaveActed: true });
    expect(read.mayHaveActed).toBeUndefined();
  });

  it.each([
    ['no connection', async () => Promise.reject(broken('ECONNREFUSED'))],
    ['no place in the limit', async () => new Response('{}')],
  ])('says the same when the second time never came about: %s', async (what, second) => {
    let calls = 0;
    const { transport } = makeTransport(async () => {
      calls += 1;
      return calls === 1 ? Promise.reject(broken('ECONNRESET')) : second();
    });
    const readmit = async () => {
      if (what === 'no place in the limit')
        throw new PlatformError({ platform: 'nuvemshop', operation: 'orders.patch', kind: 'retry-later' });
    };

    const error = await failureOf(transport(request('https://api.example', { method: 'PATCH', readmit })));

    expect(error).toMatchObject({ kind: 'retry-later', outcomeUnknown: true });
  });

  it('makes no other call twice: not a write, not after a time-out, not a third time', async () => {
    let calls = 0;
    const resetting = makeTransport(async () => {
      calls += 1;
      throw broken('ECONNRESET');
    }).transport;
    await failureOf(resetting(request('https://api.example', { idempotent: false, method: 'POST' })));
    expect(calls).toBe(1);
    await failureOf(resetting(request('https://api.example')));
    expect(calls).toBe(3);
  });

  it('quotes neither URL nor body nor header in an error', async () => {
    const secret = 'https://api.example/orders?q=Invented+Buyer';
    const { transport } = makeTransport(async () => Promise.reject(new TypeError(`failed at ${secret}`)));
    const error = await failureOf(
      transport(request(secret, { headers: { authentication: 'bearer s3cret' } })),
    );
    const told = `${error.message} ${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`;
    expect(told).not.toMatch(/Invented|s3cret|api\.example/);
  });

  it('reports every attempt with its time and the correlation id', async () => {
    const { transport, reports } = makeTransport(async () => new Response('', { status: 429 }));
    await transport(request('https://api.example', { correlationId: 'c-1' }));
    expect(reports).toEqual([
      {
        platform: 'nuvemshop',
        operation: 'orders.get',
        status: 429,
        ms: expect.any(Number) as number,
        throttled: true,
        failed: false,
        correlationId: 'c-1',
      },
    ]);
  });
});
