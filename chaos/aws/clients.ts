import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Io } from './io.ts';
import { noted, plain } from './items.ts';
import { type PatientClient, patienceOf } from './patience.ts';
import type { SimQueue } from './queue.ts';
import type { Tables } from './tables.ts';
import { type Tearing, tornQuery } from './torn-query.ts';

/** The account as its clients see it. */
export interface Account {
  tables: Tables;
  queues: ReadonlyMap<string, SimQueue>;
  secrets: Map<string, string>;
  io: Io;
  /** How the query is torn that is made now; undefined: it is a snapshot. */
  tearing?(): Tearing | undefined;
}

/**
 * Lets every AWS client of this process talk to a simulated account, whoever made it; the function returned undoes it.
 * Requests are the real command objects; a command that is not simulated is an error.
 */
export function redirectClients(account: Account): () => void {
  const { io } = account;
  const redirected = [
    [DynamoDBDocumentClient, 'table', table],
    [DynamoDBClient, 'table', table],
    [SQSClient, 'queue', queue],
    [SecretsManagerClient, 'secret', secret],
  ] as const;
  for (const [client, service, act] of redirected) {
    const value = async function send(this: PatientClient, command: object): Promise<object> {
      const patienceMs = await patienceOf(this);
      const request = { service, operation: command.constructor.name };
      const tearing = command instanceof QueryCommand ? account.tearing?.() : undefined;
      return io({ ...request, ...(patienceMs === undefined ? {} : { patienceMs }) }, () =>
        command instanceof QueryCommand && tearing !== undefined
          ? tornQuery(account.tables, command.input, tearing)
          : act(account, command),
      );
    };
    Object.defineProperty(client.prototype, 'send', { value, configurable: true, writable: true });
  }
  return () => {
    for (const [client] of redirected) Reflect.deleteProperty(client.prototype, 'send');
  };
}

/** What a table answers to a command. The document client, too, leaves the item of a refusal in the service's own notation. */
export function table({ tables }: Pick<Account, 'tables'>, command: object): object {
  try {
    return answerTo(tables, command);
  } catch (error) {
    if (error instanceof Error && 'Item' in error && typeof error.Item === 'object' && error.Item !== null)
      error.Item = noted({ ...error.Item });
    throw error;
  }
}

function answerTo(tables: Tables, command: object): object {
  if (command instanceof GetCommand) return tables.get(command.input);
  if (command instanceof BatchGetCommand) return batch(tables, command);
  if (command instanceof PutCommand) return tables.put(command.input);
  if (command instanceof UpdateCommand) return tables.update(command.input);
  if (command instanceof DeleteCommand) return tables.delete(command.input);
  if (command instanceof QueryCommand) return tables.query(command.input);
  if (command instanceof ScanCommand) return tables.scan(command.input);
  if (command instanceof TransactWriteCommand) return transaction(tables, command);
  if (command instanceof UpdateItemCommand) return updateNoted(tables, command.input);
  throw notSimulated(command);
}

/** Rows that are there, of each table. */
function batch(tables: Tables, { input: { RequestItems = {} } }: BatchGetCommand): object {
  const answers = Object.entries(RequestItems).map(([TableName, { Keys = [] }]) => {
    const items = Keys.map((Key) => tables.get({ TableName, Key }).Item);
    return [TableName, items.filter((item) => item !== undefined)];
  });
  return { Responses: Object.fromEntries(answers) };
}

const transacted = new WeakSet<TransactWriteCommand>();

/** A transaction that the SDK sends again has the same token, by which the service knows it. */
function transaction(tables: Tables, command: TransactWriteCommand): object {
  if (!transacted.has(command)) tables.transact(command.input.TransactItems ?? []);
  transacted.add(command);
  return {};
}

/** The same update, by a caller that speaks the service's own notation. */
function updateNoted(tables: Tables, input: UpdateItemCommand['input']): object {
  const { Key = {}, ExpressionAttributeValues = {}, ...rest } = input;
  const answer = tables.update({
    TableName: rest.TableName,
    UpdateExpression: rest.UpdateExpression,
    ConditionExpression: rest.ConditionExpression,
    ExpressionAttributeNames: rest.ExpressionAttributeNames,
    ReturnValues: rest.ReturnValues,
    ReturnValuesOnConditionCheckFailure: rest.ReturnValuesOnConditionCheckFailure,
    Key: plain(Key),
    ExpressionAttributeValues: plain(ExpressionAttributeValues),
  });
  return answer.Attributes === undefined ? {} : { Attributes: noted(answer.Attributes) };
}

/** The URL of a queue's dead-letter queue; the queue's own is its name. */
export const deadLetterUrl = (queueUrl: string): string => `${queueUrl}/dead-letters`;

function queue({ queues }: Account, command: object): object {
  if (command instanceof SendMessageCommand) {
    const { QueueUrl = '', MessageBody = '', DelaySeconds = 0 } = command.input;
    const target = queues.get(QueueUrl);
    if (target === undefined) throw new Error(`the simulated account has no queue ${QueueUrl}`);
    return { MessageId: target.send(MessageBody, DelaySeconds) };
  }
  const letters = (url: string | undefined) => {
    const found = [...queues].find(([name]) => deadLetterUrl(name) === url);
    if (found === undefined) throw new Error(`the simulated account has no dead-letter queue ${url}`);
    return found[1].deadLetters;
  };
  if (command instanceof ReceiveMessageCommand) {
    const { QueueUrl, MaxNumberOfMessages = 1, VisibilityTimeout = 30 } = command.input;
    const messages = letters(QueueUrl).receive(MaxNumberOfMessages, VisibilityTimeout * 1000);
    return {
      Messages: messages.map(({ messageId, body, sentAt, receives }) => ({
        MessageId: messageId,
        ReceiptHandle: messageId,
        Body: body,
        Attributes: { SentTimestamp: String(sentAt), ApproximateReceiveCount: String(receives) },
      })),
    };
  }
  if (command instanceof DeleteMessageCommand)
    letters(command.input.QueueUrl).delete(command.input.ReceiptHandle ?? '');
  else if (command instanceof ChangeMessageVisibilityCommand) {
    const { QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 } = command.input;
    letters(QueueUrl).hide(ReceiptHandle, VisibilityTimeout * 1000);
  } else throw notSimulated(command);
  return {};
}

function secret({ secrets }: Account, command: object): object {
  if (command instanceof GetSecretValueCommand)
    return { SecretString: secrets.get(command.input.SecretId ?? '') };
  if (command instanceof PutSecretValueCommand) {
    secrets.set(command.input.SecretId ?? '', command.input.SecretString ?? '');
    return {};
  }
  throw notSimulated(command);
}

const notSimulated = (command: object) =>
  new Error(`the simulated account knows no ${command.constructor.name}; teach it to chaos/aws/clients.ts`);
