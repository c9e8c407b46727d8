import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  createSecret,
  REREAD_UNREACHED_EVERY_MS,
  REREAD_UNUSABLE_EVERY_MS,
  SecretUnusable,
  USED_STALE_AT_MOST_MS,
} from '../../functions/runtime/secrets.ts';
import { movedClock } from '../support/fakes.ts';

const manager = mockClient(SecretsManagerClient);
const schema = z.looseObject({ token: z.string().min(1) });
const long = z.looseObject({ token: z.string().min(16) });
const made = (clock = movedClock(), shape: z.ZodType<{ token: string }> = schema) => ({
  clock,
  secret: createSecret({
    client: new SecretsManagerClient({ region: 'sa-east-1' }),
    id: 'arn:one',
    schema: () => shape,
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

  it('that cannot be reached is asked for again a second later, and not by every caller before', async () => {
    // Arrange
    manager
      .on(GetSecretValueCommand)
      .rejectsOnce(new Error('throttled'))
      .resolves({ SecretString: '{"token":"a"}' });
    const { secret, clock } = made();

    // Act
    await expect(secret.get()).rejects.toThrow('throttled');
    await expect(secret.get()).rejects.toThrow('throttled');
    const calls = manager.calls().length;
    clock.move(REREAD_UNREACHED_EVERY_MS);

    // Assert
    expect(calls).toBe(1);
    expect((await secret.get()).token).toBe('a');
  });
});

describe('a secret that is not usable', () => {
  it('is read again once in ten seconds, however many ask for it, also all at once', async () => {
    // Arrange
    manager.on(GetSecretValueCommand).resolves({ SecretString: '{"token":""}' });
    const { secret, clock } = made();
    const ask = () => secret.get().catch((error: unknown) => error);

    // Act
    const first = await Promise.all(Array.from({ length: 100 }, ask));
    for (let request = 0; request < 900; request += 1) {
      clock.move(11);
      await ask();
    }

    // Assert
    expect(first.every((error) => error instanceof SecretUnusable)).toBe(true);
    expect(manager.calls()).toHaveLength(1);
    clock.move(REREAD_UNUSABLE_EVERY_MS);
    await ask();
    expect(manager.calls()).toHaveLength(2);
  });

  it('is usable at once for who asks for a fresh one', async () => {
    manager
      .on(GetSecretValueCommand)
      .resolvesOnce({ SecretString: '{}' })
      .resolves({ SecretString: '{"token":"filled"}' });
    const { secret } = made();
    await expect(secret.get()).rejects.toThrow(SecretUnusable);

    expect((await secret.fresh()).token).toBe('filled');
    expect((await secret.get()).token).toBe('filled');
  });

  it.each([
    ['{"token":"a"}', /too short to be a secret: token \(at least 16 characters\)/],
    ['{"token":"  \\n "}', /missing or empty: token/],
    ['{"token":12}', /of the wrong type: token/],
    ['[]', /lacks the keys/],
  ])('says so of %j, and what to do', async (SecretString, message) => {
    manager.on(GetSecretValueCommand).resolves({ SecretString });

    await expect(made(movedClock(), long).secret.get()).rejects.toThrow(message);
    await expect(made(movedClock(), long).secret.get()).rejects.toThrow('put-secret-value');
  });

  it('of several forms is told what keeps it from the nearest one', async () => {
    manager.on(GetSecretValueCommand).resolves({ SecretString: '{"clientId":"me"}' });
    const pair = z.looseObject({ token: z.string(), clientSecret: z.string(), more: z.string() });
    const forms = z.union([pair, long]);

    await expect(made(movedClock(), forms).secret.get()).rejects.toThrow('missing or empty: token');
  });
});

describe('the white space around a secret', () => {
  it.each([
    '{"token":" a \\n"}',
    '{"token":"\\ta\\r\\n"}',
    '\uFEFF{"token":"a"}\n',
    '  {"token":"a","previous":" "}\r\n',
  ])('is none of it: %j', async (SecretString) => {
    manager.on(GetSecretValueCommand).resolves({ SecretString });

    expect(await made().secret.get()).toEqual({ token: 'a' });
  });
});

describe('a copy of a secret that cannot be read again', () => {
  const broken = (error: Error) =>
    manager.on(GetSecretValueCommand).resolvesOnce({ SecretString: '{"token":"a"}' }).rejects(error);

  it('is used for an hour, tried again every ten seconds, and then no more', async () => {
    // Arrange
    broken(new Error('no answer'));
    const { secret, clock } = made();
    await secret.get();

    // Act
    clock.move(61_000);
    const stale = [await secret.get(), await secret.get(), await secret.get()];
    const calls = manager.calls().length;
    clock.move(USED_STALE_AT_MOST_MS - 61_000 - 1);
    const last = await secret.get();
    clock.move(1);

    // Assert
    expect([...stale, last].map(({ token }) => token)).toEqual(['a', 'a', 'a', 'a']);
    expect(calls).toBe(2);
    await expect(secret.get()).rejects.toThrow('no answer');
  });

  it.each([
    'AccessDeniedException',
    'ResourceNotFoundException',
    'DecryptionFailure',
    'InvalidRequestException',
  ])('is not used when the answer is no: %s', async (name) => {
    broken(Object.assign(new Error('no'), { name }));
    const { secret, clock } = made();
    await secret.get();
    clock.move(61_000);

    await expect(secret.get()).rejects.toThrow('no');
  });

  it('is not used when the secret was emptied', async () => {
    manager
      .on(GetSecretValueCommand)
      .resolvesOnce({ SecretString: '{"token":"a"}' })
      .resolves({ SecretString: '{"token":""}' });
    const { secret, clock } = made();
    await secret.get();
    clock.move(61_000);

    await expect(secret.get()).rejects.toThrow(SecretUnusable);
  });
});
