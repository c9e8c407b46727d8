import { expect, it } from 'vitest';
import { RECEIVER_PATIENCE } from '../../functions/pipeline/receiver-clients.ts';

/** Nuvemshop hangs up after this (ms); the rest is for starting and for the way back. */
const PLATFORM_WAITS_MS = 3000;
const START_AND_BACK_MS = 400;
/** The secret, and the queue. */
const CALLS = 2;

it('a cold receiver whose AWS calls all hang answers before the platform hangs up: 3 s (documented)', () => {
  const { maxAttempts, requestHandler } = RECEIVER_PATIENCE;

  expect(CALLS * maxAttempts * requestHandler.requestTimeout).toBeLessThanOrEqual(
    PLATFORM_WAITS_MS - START_AND_BACK_MS,
  );
});
