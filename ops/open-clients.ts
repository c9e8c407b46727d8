import { secretsClient } from '../functions/runtime/aws-clients.ts';
import { sqsClient } from '../functions/runtime/sqs-client.ts';
import { documentClient } from '../functions/storage/dynamodb.ts';

/**
 * The clients of the operator's commands, by the operator's own credentials.
 *
 * @param onCall told of every call of a table, a queue or a secret
 */
export function openClients(region: { region: string }, onCall: () => void = () => {}) {
  const dynamo = documentClient(region);
  const sqs = sqsClient(region);
  const secretsManager = secretsClient(region);
  const told =
    <A, R>(next: (call: A) => Promise<R>) =>
    (call: A) => {
      onCall();
      return next(call);
    };
  dynamo.middlewareStack.add(told, { step: 'initialize' });
  sqs.middlewareStack.add(told, { step: 'initialize' });
  secretsManager.middlewareStack.add(told, { step: 'initialize' });
  return {
    dynamo,
    sqs,
    secretsManager,
    close: () => {
      // The document client's own does nothing.
      dynamo.config.requestHandler.destroy?.();
      sqs.destroy();
      secretsManager.destroy();
    },
  };
}

export type Clients = Omit<ReturnType<typeof openClients>, 'close'>;
