import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureKind, PlatformError } from '../../functions/http/errors.ts';
import { MAX_ATTEMPTS, nextStep } from '../../functions/pipeline/failure-policy.ts';

const failed = (kind: FailureKind, rest: Partial<ConstructorParameters<typeof PlatformError>[0]> = {}) =>
  new PlatformError({ platform: 'bazaar', operation: 'orders.get', kind, ...rest });
const middle = () => 0.5;

describe('nextStep', () => {
  it('backs off with jitter, within what a queue can delay', () => {
    fc.assert(
      fc.property(
        fc.nat(MAX_ATTEMPTS - 1),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempts, dice) => {
          const next = nextStep(failed('retry-later', { status: 503 }), { attempts }, () => dice);
          const full = Math.min(900, 5 * 2 ** attempts);
          expect(next).toMatchObject({ step: 'again' });
          const { delaySeconds } = next as { delaySeconds: number };
          expect(delaySeconds).toBeGreaterThanOrEqual(Math.ceil(full / 2));
          expect(delaySeconds).toBeLessThanOrEqual(full);
        },
      ),
    );
  });

  it("lets the server's hint win over a shorter backoff", () => {
    const error = failed('retry-later', { status: 429, throttled: true, retryAfterMs: 60_000 });

    expect(nextStep(error, { attempts: 0 }, middle)).toEqual({ step: 'again', delaySeconds: 60 });
  });

  it('shows an order that the platform keeps failing on, instead of trying for ever', () => {
    expect(
      nextStep(failed('retry-later', { status: 500 }), { attempts: MAX_ATTEMPTS }, middle),
    ).toMatchObject({
      step: 'needs-review',
      reason: 'platform-keeps-failing',
    });
  });

  it('never gives up on an order for being throttled', () => {
    expect(
      nextStep(failed('retry-later', { status: 429, throttled: true }), { attempts: 10_000 }, middle).step,
    ).toBe('again');
  });

  it('looks again for an order that is announced but not shown yet', () => {
    expect(nextStep(failed('not-found', { status: 404 }), { attempts: 0 }, middle).step).toBe('again');
    expect(
      nextStep(failed('not-found', { status: 404 }), { attempts: 5, notFound: 5 }, middle),
    ).toMatchObject({
      step: 'needs-review',
      reason: 'not-found-at-platform',
    });
  });

  it('does not take tries that were throttled, or broke off, for answers that an order is not there', () => {
    expect(nextStep(failed('not-found', { status: 404 }), { attempts: 20, notFound: 4 }, middle).step).toBe(
      'again',
    );
  });

  it('lets the message wait when the credential is refused, however often that was so', () => {
    const refused = failed('auth-failed', { status: 401, remedy: 'Renew it.' });

    expect(nextStep(refused, { attempts: 0 }, middle)).toEqual({ step: 'wait' });
    expect(nextStep(refused, { attempts: 10_000 }, middle)).toEqual({ step: 'wait' });
  });

  it.each([
    ['refused', 422, 'platform-refused', 'orders.get was answered 422'],
    ['invalid-response', 200, 'schema-mismatch', 'orders.get was answered 200'],
    ['refused', undefined, 'platform-refused', 'orders.get got no answer'],
  ] as const)('shows what is %s (%s) at once, and says why', (kind, status, reason, problem) => {
    expect(nextStep(failed(kind, status === undefined ? {} : { status }), { attempts: 0 }, middle)).toEqual({
      step: 'needs-review',
      reason,
      problem,
    });
  });

  it('leaves our own bugs to the queue', () => {
    expect(nextStep(new TypeError('oops'), { attempts: 0 }, middle)).toEqual({ step: 'fail' });
  });
});
