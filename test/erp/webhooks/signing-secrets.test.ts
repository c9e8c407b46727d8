import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createSigningAdmin, createSigningSecrets } from '../../../functions/erp/webhooks/signing-secrets.ts';
import { movedClock } from '../../support/fakes.ts';

/** A secret as the deployment generates it: nobody has filled it in. */
function bench() {
  let stored = '{"unused":"random letters"}';
  const secrets = mockClient(SecretsManagerClient);
  let reads = 0;
  secrets.on(GetSecretValueCommand).callsFake(() => {
    reads += 1;
    return { SecretString: stored };
  });
  secrets.on(PutSecretValueCommand).callsFake(({ SecretString }: { SecretString: string }) => {
    stored = SecretString;
    return {};
  });
  const options = { client: new SecretsManagerClient({}), id: 'arn:signing' };
  const clock = movedClock();
  return {
    clock,
    admin: createSigningAdmin(options),
    secretsOf: createSigningSecrets({ ...options, clock }),
    stored: () => JSON.parse(stored) as Record<string, unknown>,
    reads: () => reads,
  };
}

describe('signing secrets', () => {
  it('are given, rotated and forgotten for each endpoint by itself', async () => {
    const { admin, stored } = bench();

    const first = await admin.add('a');
    const other = await admin.add('b');
    const second = await admin.rotate('a');
    expect(await admin.of('a')).toEqual([second, first]);
    await expect(admin.rotate('a')).rejects.toThrow(/2 secrets already/);
    expect(await admin.finish('a')).toBe(1);
    expect(await admin.finish('a')).toBe(0);
    expect(stored()).toEqual({ unused: 'random letters', a: [second], b: [other] });
    await admin.remove('a');

    expect(stored()).toEqual({ unused: 'random letters', b: [other] });
    expect(new Set([first, second, other]).size).toBe(3);
  });

  it('are read at most once a minute, and at once for an endpoint that is new', async () => {
    const { admin, secretsOf, reads, clock } = bench();
    const first = await admin.add('a');
    const before = reads();

    expect(await secretsOf('a')).toEqual([first]);
    expect(await secretsOf('a')).toEqual([first]);
    expect(reads() - before).toBe(1);
    const other = await admin.add('b');
    expect(await secretsOf('b')).toEqual([other]);
    const second = await admin.rotate('a');
    clock.move(60_000);

    expect(await secretsOf('a')).toEqual([second, first]);
    expect(await secretsOf('nobody')).toEqual([]);
  });
});
