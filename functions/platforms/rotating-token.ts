import { randomUUID } from 'node:crypto';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { lazily } from '../domain/lazily.ts';
import { PlatformError } from '../http/errors.ts';
import type { Transport } from '../http/transport.ts';
import type { Clock } from '../runtime/clock.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { Secret } from '../runtime/secrets.ts';
import { createLease } from '../storage/runs.ts';
import type { TokenSource } from './calls.ts';
import type { IntakePlatform } from './platform.ts';
import type { Store } from './store.ts';

/** One refresh is one call; who waits for somebody else's looks again this often, for as long as one may take (ms). */
const LOOK_AGAIN_MS = 500;
const LEASE_MS = 30_000;

const held = lazily(() => z.looseObject({ accessToken: z.string().min(1) }));
type Held = z.infer<ReturnType<typeof held>>;

/**
 * The token of a platform whose refresh tokens are good once. Whoever refreshes holds a lease over all instances, and
 * stores what came before using it; everybody else waits and reads the secret again.
 *
 * @throws PlatformError of kind `auth-failed` once the platform takes the refresh token no more, `retry-later` when
 *   somebody else's refresh does not end.
 */
export function createRotatingToken<S>(options: {
  platform: Pick<IntakePlatform<unknown, S>, 'name' | 'oauth'>;
  store: Store<S>;
  transport: Transport;
  secret<T>(credential: string, schema: () => z.ZodType<T>): Secret<T>;
  putSecret(credential: string, value: object): Promise<void>;
  client: DynamoDBDocumentClient;
  table: string;
  clock: Clock;
}): TokenSource {
  const { platform, store, clock, transport } = options;
  const { oauth } = platform;
  const rotation = oauth?.rotation;
  if (oauth === undefined || rotation === undefined) throw new OwnError(`${platform.name} rotates no tokens`);
  const secret = options.secret(oauth.tokenCredential, held);
  const app = options.secret(oauth.appCredential, z.unknown);
  const name = { job: 'token', platform: platform.name, storeId: store.id } as const;
  const lease = createLease({ ...options, name });
  const ended = (value: Held) => clock.now() >= (rotation.renewAt(value) ?? Number.POSITIVE_INFINITY);

  const refresh = async (value: Held): Promise<string> => {
    const call = { transport, clock, stores: [store], app: await app.get() };
    const grant = await rotation.refresh(call, value);
    await options.putSecret(oauth.tokenCredential, { ...value, ...grant.secret });
    await secret.fresh();
    return grant.accessToken;
  };

  /** @param usable whether a token that is in the secret by now makes a refresh needless */
  const renewed = async (usable: (value: Held) => boolean): Promise<string> => {
    const owner = randomUUID();
    const until = clock.now() + LEASE_MS;
    while (!(await lease.acquire(owner, LEASE_MS))) {
      await clock.sleep(LOOK_AGAIN_MS);
      const value = await secret.fresh();
      if (usable(value)) return value.accessToken;
      if (clock.now() > until)
        throw new PlatformError({ platform: platform.name, operation: 'oauth.refresh', kind: 'retry-later' });
    }
    try {
      const value = await secret.fresh();
      return usable(value) ? value.accessToken : await refresh(value);
    } finally {
      // A token that is kept is good whether or not the lease could be given back: it ends by itself.
      await lease.release(owner).catch(() => {});
    }
  };

  return {
    async get() {
      const value = await secret.get();
      return ended(value) ? renewed((now) => !ended(now)) : value.accessToken;
    },
    renew: (refused) => renewed((now) => now.accessToken !== refused && !ended(now)),
  };
}
