import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ERP_OUTPUTS } from '../config/output-names.ts';
import { createEmailHash } from '../functions/erp/email-hash.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { createEmails } from '../functions/storage/emails.ts';
import type { Outputs } from './outputs.ts';

/** By which hashes e-mail addresses are found, and how one is made. */
export function openEmails(options: {
  dynamo: DynamoDBDocumentClient;
  ordersTable: string;
  secretsManager: SecretsManagerClient;
  outputs: Outputs;
  clock: Clock;
}) {
  const { dynamo, ordersTable, secretsManager: client, outputs, clock } = options;
  const hashOf = createEmailHash({ client, id: outputs(ERP_OUTPUTS.emailKey), clock });
  return { ...createEmails(dynamo, ordersTable), hashOf };
}
