import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createSecret, SecretUnusable } from '../../functions/runtime/secrets.ts';
import { movedClock } from '../support/fakes.ts';

const manager = mockClient(SecretsManagerClient);
const schema = z.looseObject({ token: z.string().min(1) });
const made = (clock = movedClock()) => ({
  clock,
  secret: createSecret({
    client: new SecretsManagerClient({ region: 'sa-east-1' }),
    id: 'arn:one',
    schema,
    clock,
    maxAgeMs: 60_000,
  }),
});

beforeEach(() => manager.reset());

describe('a secret', () => {
  it('is read once for concurrent callers and kept until it is too old', async () => {
    // Arrange
    manager.on(GetSecretValueCommand).resolves({ SecretString: '{"token":"a"}' });
    const { secret, clock } = made();

    // Act
    await Promise.all([secret.get(), secret.get(), secret.get()]);
    clock.move(59_000);
    await secret.get();
    const whileYoung = manager.calls().length;
    clock.move(2_000);
    await secret.get();

    // Assert
    expect([whileYoung, manager.calls().length]).toEqual([1, 2]);
  });

  it('is read again at once when asked for a fresh one', async () => {
    manager
      .on(GetSecretValueCommand)
      .resolvesOnce({ SecretString: '{"token":"a"}' })
      .resolves({ SecretString: '{"token":"b"}' });
    const { secret } = made();

    expect([(await secret.get()).token, (await secret.fresh()).token, (await secret.get()).token]).toEqual([
      'a',
      'b',
      'b',
    ]);
  });

  it.each([
    ['{"token":""}', /missing or empty: token/],
    ['{}', /missing or empty: token/],
    ['hunter2', /not JSON/],
    ['', /not JSON/],
  ])('that is not usable says what is missing, never its text (%j)', async (SecretString, message) => {
    manager.on(GetSecretValueCommand).resolves({ SecretString });

    const error = await made()
      .secret.get()
      .catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(SecretUnusable);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain('arn:one');
    expect((error as Error).message).not.toContain('hunter2');
  });

  it('that cannot be read is asked for again by the next caller', async () => {
    manager
      .on(GetSecretValueCommand)
      .rejectsOnce(new Error('throttled'))
      .resolves({ SecretString: '{"token":"a"}' });
    const { secret } = made();

    await expect(secret.get()).rejects.toThrow('throttled');
    expect((await secret.get()).token).toBe('a');
  });
});
