import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../functions/http/errors.ts';
import type { PlatformRequest } from '../../../functions/http/transport.ts';
import { oauth } from '../../../functions/platforms/nuvemshop/oauth.ts';
import { storeWith } from './open-client.ts';

const SECRETS = { clientSecret: 'client-s3cret-of-the-app', code: 'c0de-once', token: 't0ken-forever' };

function exchange(answer: { status?: number; body?: string; contentType?: string } | PlatformError) {
  const sent: PlatformRequest[] = [];
  const result = oauth.exchange(
    {
      transport: async (request) => {
        sent.push(request);
        if (answer instanceof PlatformError) throw answer;
        const { status = 200, body = '', contentType = 'application/json' } = answer;
        return { status, headers: new Headers({ 'content-type': contentType }), body: Buffer.from(body) };
      },
      clock: { now: () => 0, sleep: async () => {} },
      stores: [storeWith()],
      app: { clientId: '123', clientSecret: SECRETS.clientSecret },
    },
    SECRETS.code,
  );
  return { result, sent };
}

describe('the authorize link', () => {
  it('names the app and carries the state (documented)', () => {
    const app = { clientId: '123', clientSecret: SECRETS.clientSecret };
    expect(oauth.authorizeUrl([storeWith()], app, 'a&b=c')).toBe(
      'https://www.tiendanube.com/apps/123/authorize?state=a%26b%3Dc',
    );
    expect(oauth.codeLifeMinutes).toBe(5);
  });
});

describe('exchanging a code', () => {
  it.each(['user_id', 'store_id'])('takes the store from %s', async (field) => {
    const body = JSON.stringify({
      access_token: SECRETS.token,
      scope: 'read_orders, write_products',
      [field]: '789',
    });
    const { result, sent } = exchange({ body });
    expect(await result).toEqual({
      storeId: '789',
      accessToken: SECRETS.token,
      scopes: ['read_orders', 'write_products'],
      secret: { accessToken: SECRETS.token, storeId: '789', scopes: ['read_orders', 'write_products'] },
    });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://www.tiendanube.com/apps/authorize/token',
      headers: { 'content-type': 'application/json' },
      idempotent: false,
    });
  });

  it.each([
    [
      'a code that is used or late',
      {
        status: 400,
        body: '{"error":"invalid_grant","error_description":"The authorization code has expired"}',
      },
      'refused',
      /link again/,
    ],
    [
      'a wrong client secret',
      { status: 401, body: '{"error":"invalid_client"}' },
      'auth-failed',
      /client secret/,
    ],
    ['a server error', { status: 500, body: '' }, 'retry-later', /link again/],
    ['a page', { status: 200, body: '<html>', contentType: 'text/html' }, 'retry-later', /link again/],
    ['an empty body', { body: '' }, 'invalid-response', /link again/],
    [
      'an answer without a store',
      { body: `{"access_token":"${SECRETS.token}"}` },
      'invalid-response',
      /link again/,
    ],
    ['an answer without a token', { body: '{"user_id":"1"}' }, 'invalid-response', /link again/],
  ])('says what to do after %s, and no secret', async (_, answer, kind, remedy) => {
    const error = await exchange(answer).result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ kind, remedy: expect.stringMatching(remedy) as string });
    for (const secret of Object.values(SECRETS)) expect(String(error)).not.toContain(secret);
  });

  it('is not repeated when the answer is lost: the code may be used up', async () => {
    const lost = new PlatformError({
      platform: 'nuvemshop',
      operation: 'oauth.exchangeCode',
      kind: 'retry-later',
      outcomeUnknown: true,
    });
    const { result, sent } = exchange(lost);
    await expect(result).rejects.toBe(lost);
    expect(sent).toHaveLength(1);
  });
});
