import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type * as z from 'zod';
import type { Clock } from './clock.ts';
import { OwnError } from './describe-error.ts';

/** A credential kept in memory for a while. */
export interface Secret<T> {
  /** The value, at most `maxAgeMs` old. */
  get(): Promise<T>;
  /** The value, read again now: for a credential that was just refused. */
  fresh(): Promise<T>;
}

/** The secret is there but is not what the platform's room needs. Names the keys, never the values. */
export class SecretUnusable extends OwnError {
  override readonly name = 'SecretUnusable';
  constructor(id: string, problem: string) {
    super(
      `the secret ${id} is not usable: ${problem}. Put a JSON object with the keys named in the deployment's outputs into it ` +
        '(aws secretsmanager put-secret-value).',
    );
  }
}

export interface SecretOptions<T> {
  client: SecretsManagerClient;
  id: string;
  schema: z.ZodType<T>;
  clock: Clock;
  /** Default 5 minutes: how long a replaced credential may still be used. */
  maxAgeMs?: number;
}

/**
 * Reads a secret through a cache with a maximum age; concurrent callers share one request.
 *
 * @throws SecretUnusable, or the AWS SDK's own error.
 */
export function createSecret<T>({
  client,
  id,
  schema,
  clock,
  maxAgeMs = 300_000,
}: SecretOptions<T>): Secret<T> {
  let held: { value: T; at: number } | undefined;
  let under: Promise<T> | undefined;

  const read = async (): Promise<T> => {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: id }));
    const value = parseSecret(id, schema, answer.SecretString ?? '');
    held = { value, at: clock.now() };
    return value;
  };
  const readOnce = (): Promise<T> => {
    under ??= read().finally(() => {
      under = undefined;
    });
    return under;
  };
  const isYoung = () => held !== undefined && clock.now() - held.at < maxAgeMs;

  return { get: async () => (held !== undefined && isYoung() ? held.value : readOnce()), fresh: readOnce };
}

function parseSecret<T>(id: string, schema: z.ZodType<T>, text: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, and the text is the secret.
    throw new SecretUnusable(id, 'it is not JSON');
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const keys = read.error.issues.map((issue) => issue.path.join('.')).filter((path) => path !== '');
  throw new SecretUnusable(
    id,
    keys.length > 0 ? `missing or empty: ${[...new Set(keys)].join(', ')}` : 'it lacks the keys it needs',
  );
}
