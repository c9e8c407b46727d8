import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import type { Clock } from '../../runtime/clock.ts';
import { OwnError } from '../../runtime/describe-error.ts';
import { createSecret } from '../../runtime/secrets.ts';
import { newSigningSecret, signingSecretSchema } from './signature.ts';

/**
 * What the secret holds: each endpoint's signing secrets, the newest first. What it was generated with stands beside them
 * until the first is written.
 */
const signingSchema = lazily(() => z.record(z.string(), z.union([z.array(signingSecretSchema), z.string()])));
type Signing = z.infer<ReturnType<typeof signingSchema>>;

/** A secret that a person gave or took away is used so long at most, in ms. */
const MAX_AGE_MS = 60_000;

interface SigningOptions {
  readonly client: SecretsManagerClient;
  readonly id: string;
}

/** Reads an endpoint's signing secrets; none when it has none. An endpoint that was added just now is read anew. */
export function createSigningSecrets(
  options: SigningOptions & { clock: Clock },
): (endpoint: string) => Promise<readonly string[]> {
  const secret = createSecret({ ...options, schema: signingSchema, maxAgeMs: MAX_AGE_MS });
  return async (endpoint) => {
    const known = secretsIn(await secret.get(), endpoint);
    return known.length > 0 ? known : secretsIn(await secret.fresh(), endpoint);
  };
}

const secretsIn = (all: Signing, endpoint: string): readonly string[] => {
  const found = all[endpoint];
  return Array.isArray(found) ? found : [];
};

/** Changes the signing secrets, by the operator's own credentials. Two persons at once may undo each other's change. */
export interface SigningAdmin {
  /** Gives an endpoint its first secret. */
  add(endpoint: string): Promise<string>;
  /** A second secret beside the first: deliveries carry a signature of each. @throws OwnError when there are two already */
  rotate(endpoint: string): Promise<string>;
  /** Forgets all but the newest. Answers how many that were. */
  finish(endpoint: string): Promise<number>;
  remove(endpoint: string): Promise<void>;
  /** The newest first. */
  of(endpoint: string): Promise<readonly string[]>;
}

const MOST_SECRETS = 2;

export function createSigningAdmin({ client, id }: SigningOptions): SigningAdmin {
  const read = async (): Promise<Signing> => {
    const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    const parsed = signingSchema().safeParse(JSON.parse(SecretString));
    if (parsed.success) return parsed.data;
    throw new OwnError(
      `the secret ${id} does not hold lists of signing secrets by endpoint. Restore its last version.`,
    );
  };
  const write = (all: Signing) =>
    client.send(new PutSecretValueCommand({ SecretId: id, SecretString: JSON.stringify(all) }));
  const put = async (endpoint: string, change: (now: readonly string[]) => string[]): Promise<void> => {
    const all = await read();
    await write({ ...all, [endpoint]: change(secretsIn(all, endpoint)) });
  };
  return {
    async add(endpoint) {
      const made = newSigningSecret();
      await put(endpoint, () => [made]);
      return made;
    },
    async rotate(endpoint) {
      const made = newSigningSecret();
      await put(endpoint, (now) => {
        if (now.length >= MOST_SECRETS)
          throw new OwnError(
            `${endpoint} has ${now.length} secrets already, and the receiver may know only the older.`,
          );
        return [made, ...now];
      });
      return made;
    },
    async finish(endpoint) {
      let forgotten = 0;
      await put(endpoint, ([newest, ...older]) => {
        forgotten = older.length;
        return newest === undefined ? [] : [newest];
      });
      return forgotten;
    },
    async remove(endpoint) {
      const { [endpoint]: _, ...rest } = await read();
      await write(rest);
    },
    of: async (endpoint) => secretsIn(await read(), endpoint),
  };
}
