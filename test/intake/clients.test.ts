import { expect, it } from 'vitest';
import { RECEIVER_PATIENCE } from '../../functions/intake/clients.ts';

/** Nuvemshop hangs up after this (ms). */
const PLATFORM_WAITS_MS = 3000;

it('a receiver whose queue hangs answers before the platform hangs up: 3 s (facts §1.5, H)', () => {
  const { maxAttempts, requestHandler } = RECEIVER_PATIENCE;
  expect(maxAttempts * requestHandler.requestTimeout).toBeLessThan(PLATFORM_WAITS_MS);
});
