import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import type { Clock } from '../runtime/clock.ts';
import { createQueue } from '../runtime/queue.ts';
import { createSecret } from '../runtime/secrets.ts';

/**
 * Nuvemshop waits 3 s for an answer. A cold receiver reads the secret and sends the message: two calls of two tries, which
 * leave the platform an answer, good or bad, in time. A 503 in time is sent again, a time-out may be counted against us.
 */
export const RECEIVER_PATIENCE = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 300, requestTimeout: 650 },
};

/** The AWS side of a receiver. */
export function receiverClients({
  env,
  clock,
}: {
  env: { QUEUE_URL: string; SECRET_ID: string };
  clock: Clock;
}) {
  const secretsManager = new SecretsManagerClient(RECEIVER_PATIENCE);
  return {
    queue: createQueue(new SQSClient(RECEIVER_PATIENCE), env.QUEUE_URL),
    secretOf: <T>(schema: z.ZodType<T>) =>
      createSecret({ client: secretsManager, id: env.SECRET_ID, schema, clock }),
  };
}
