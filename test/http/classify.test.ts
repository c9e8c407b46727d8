import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, MAX_RETRY_AFTER_MS, PAGE_PAUSE_MS, retryAfterMs } from '../../functions/http/answer.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers({ 'content-type': 'application/json', ...headers }),
});
const page = { 'content-type': 'text/html; charset=utf-8' };

describe('classify', () => {
  it.each([
    [200, 'json', undefined],
    [201, 'json', undefined],
    [204, 'json', undefined],
    [301, 'json', 'refused'],
    [400, 'json', 'refused'],
    [401, 'json', 'auth-failed'],
    [402, 'json', 'auth-failed'],
    [403, 'json', 'auth-failed'],
    [404, 'json', 'not-found'],
    [404, 'page', 'not-found'],
    [408, 'json', 'retry-later'],
    [409, 'json', 'refused'],
    [410, 'json', 'not-found'],
    [415, 'json', 'refused'],
    [422, 'json', 'refused'],
    [425, 'json', 'retry-later'],
    [429, 'json', 'retry-later'],
    [429, 'page', 'retry-later'],
    [403, 'page', 'retry-later'],
    [200, 'page', 'retry-later'],
    [500, 'json', 'retry-later'],
    [502, 'page', 'retry-later'],
    [503, 'json', 'retry-later'],
    [599, 'json', 'retry-later'],
  ] as const)('takes %i as %s for %s', (status, body, kind) => {
    expect(classify(answer(status, body === 'page' ? page : {}), NOW)?.kind).toBe(kind);
  });

  it.each([
    [429, {}, true],
    [429, page, true],
    [403, page, true],
    [503, page, true],
    [503, {}, false],
    [403, {}, false],
    [200, page, false],
  ])('says of %i %j whether it is the limit: %s', (status, headers, throttled) => {
    expect(classify(answer(status, headers), NOW)?.throttled).toBe(throttled);
  });

  it('knows that a refused call was not carried out and that a broken one may have been', () => {
    const happened = (status: number) => classify(answer(status), NOW)?.outcomeUnknown;
    expect([401, 402, 403, 404, 422, 429].map(happened)).toEqual(Array(6).fill(false));
    expect([408, 500, 502, 503, 504].map(happened)).toEqual(Array(5).fill(true));
  });

  it('stays away for at least a minute from a page, and longer when asked', () => {
    expect(classify(answer(403, page), NOW)?.retryAfterMs).toBe(PAGE_PAUSE_MS);
    expect(classify(answer(503, { ...page, 'retry-after': '5' }), NOW)?.retryAfterMs).toBe(PAGE_PAUSE_MS);
    expect(classify(answer(503, { ...page, 'retry-after': '120' }), NOW)?.retryAfterMs).toBe(120_000);
  });

  it('passes the hint of the server on, and invents none', () => {
    expect(classify(answer(429, { 'retry-after': '7' }), NOW)?.retryAfterMs).toBe(7000);
    expect(classify(answer(503), NOW)).not.toHaveProperty('retryAfterMs');
  });

  it('tells a person what to do where a person has to act', () => {
    for (const status of [401, 402, 403, 302]) expect(classify(answer(status), NOW)?.remedy).toBeTruthy();
  });

  it('has an answer for every status there is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 999 }), fc.boolean(), (status, isPage) => {
        expect(classify(answer(status, isPage ? page : {}), NOW)?.kind).toBeDefined();
      }),
    );
  });
});

describe('retryAfterMs', () => {
  it('reads seconds', () => {
    expect(retryAfterMs('30', NOW)).toBe(30_000);
    expect(retryAfterMs(' 0 ', NOW)).toBe(0);
  });

  it('reads an HTTP date against the given now, and a past one as now', () => {
    expect(retryAfterMs('Sun, 22 Nov 2026 12:01:30 GMT', NOW)).toBe(90_000);
    expect(retryAfterMs('Sun, 22 Nov 2026 11:00:00 GMT', NOW)).toBe(0);
  });

  it.each([null, '', 'soon', '-5', '1e9', '2026-11-22', 'NaN', '99999999999999999999'])(
    'makes nothing of %j',
    (text) => {
      expect(retryAfterMs(text, NOW)).toBeUndefined();
    },
  );

  it('is never negative and never longer than we obey', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map(String),
          fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
        ),
        (text) => {
          const ms = retryAfterMs(text, NOW) ?? 0;
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(MAX_RETRY_AFTER_MS);
        },
      ),
    );
  });
});
