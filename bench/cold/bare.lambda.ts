import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

/** The bundler knows which clients a bundle has, and leaves the others out. */
declare const TABLES: boolean;
declare const SECRETS: boolean;
declare const QUEUES: boolean;

/** A call of AWS, with the input as the document client takes it. */
export interface BareCall {
  operation: string;
  input: never;
}

const tables = TABLES ? DynamoDBDocumentClient.from(new DynamoDBClient({})) : undefined;
const secrets = SECRETS ? new SecretsManagerClient({}) : undefined;
const queues = QUEUES ? new SQSClient({}) : undefined;

/** Makes calls, one after the other, and nothing else. A condition that is refused is an answer as well. */
export const handler = async ({ calls }: { calls: readonly BareCall[] }) => {
  for (const call of calls) await answerTo(call)?.catch(unlessRefused);
  return { statusCode: 200 };
};

function answerTo({ operation, input }: BareCall): Promise<unknown> | undefined {
  if (operation === 'GetItem') return tables?.send(new GetCommand(input));
  if (operation === 'PutItem') return tables?.send(new PutCommand(input));
  if (operation === 'Query') return tables?.send(new QueryCommand(input));
  if (operation === 'UpdateItem') return tables?.send(new UpdateCommand(input));
  if (operation === 'DeleteItem') return tables?.send(new DeleteCommand(input));
  if (operation === 'GetSecretValue') return secrets?.send(new GetSecretValueCommand(input));
  return queues?.send(new SendMessageCommand(input));
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
}
