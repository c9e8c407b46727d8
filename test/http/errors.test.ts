import { describe, expect, it } from 'vitest';
import {
  isOwnLimit,
  ofChosenCall,
  PlatformError,
  type PlatformErrorDetails,
} from '../../functions/http/errors.ts';

const error = (details: Partial<PlatformErrorDetails>) =>
  new PlatformError({ platform: 'shop', operation: 'stock.push', kind: 'auth-failed', ...details });

describe('the error of a call that somebody chose', () => {
  it('is a refusal of that call where the credential may not make it', () => {
    const refused = ofChosenCall(error({ status: 403, said: 'No.' }));

    expect(refused).toMatchObject({ kind: 'refused', status: 403, operation: 'stock.push', said: 'No.' });
    expect(refused.message).toContain('lacks a permission');
  });

  it('says that nobody knows what the platform did where nobody did before', () => {
    expect(ofChosenCall(error({ status: 403, outcomeUnknown: true })).outcomeUnknown).toBe(true);
  });

  it.each([
    ['the credential is not known', { status: 401 }],
    ['nothing is paid', { status: 402 }],
    ['no token was granted at all', { status: 403, ofCredential: true }],
    ['nothing was answered', {}],
    ['a page stands in front of the platform', { kind: 'retry-later', status: 403, throttled: true }],
  ] as const)('stays what it is where %s', (_, details) => {
    const failure = error(details);

    expect(ofChosenCall(failure)).toBe(failure);
  });
});

it.each([
  [true, 'our own limit had no slot', { kind: 'retry-later', throttled: true }],
  [false, 'the platform throttles', { kind: 'retry-later', throttled: true, status: 429 }],
  [false, 'no answer came', { kind: 'retry-later' }],
] as const)('no slot of our own limit: %s where %s', (expected, _, details) => {
  expect(isOwnLimit(error(details))).toBe(expected);
});
