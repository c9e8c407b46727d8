import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Account } from '../platforms/connection.ts';
import { secretsClient } from '../runtime/aws-clients.ts';
import type { Runtime } from '../runtime/handler.ts';
import { documentClient } from '../storage/dynamodb.ts';
import { awsOptions, secretIdIn } from './deployed.ts';

/** The merchant's account as a function of ours reaches it. */
export function accountOf(
  runtime: Runtime<'poll' | 'process' | 'reconcile' | 'install' | 'dispatch' | 'tell' | 'api'>,
  dynamo: DynamoDBDocumentClient = documentClient(awsOptions(runtime)),
): Account {
  const { env, clock, metrics, log } = runtime;
  return {
    dynamo,
    controlTable: env.CONTROL_TABLE,
    secretsManager: secretsClient(awsOptions(runtime)),
    secretId: (credential, storeId) => secretIdIn(env.SECRETS, credential, storeId),
    clock,
    metrics,
    log,
  };
}
