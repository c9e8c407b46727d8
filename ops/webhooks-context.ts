import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ERP_OUTPUTS } from '../config/output-names.ts';
import { createEndpointCaller } from '../functions/erp/webhooks/call.ts';
import { createSigningAdmin } from '../functions/erp/webhooks/signing-secrets.ts';
import type { Clock } from '../functions/runtime/clock.ts';
import { createDeliveries } from '../functions/runtime/deliveries.ts';
import { createEndpointAdmin, listEndpoints } from '../functions/storage/endpoints.ts';
import { createSetAsideEvents } from '../functions/storage/set-aside.ts';
import { openFeed } from './feed-place.ts';
import type { Outputs } from './outputs.ts';

/** What the commands on the merchant's endpoints work with. */
export type WebhooksContext = ReturnType<typeof openWebhooks>;

export function openWebhooks(options: {
  control: { client: DynamoDBDocumentClient; table: string; clock: Clock };
  sqs: SQSClient;
  secretsManager: SecretsManagerClient;
  outputs: Outputs;
}) {
  const { control, sqs, secretsManager, outputs } = options;
  return {
    admin: createEndpointAdmin(control),
    list: () => listEndpoints(control),
    aside: createSetAsideEvents(control.client, control.table),
    feed: openFeed(control),
    signing: createSigningAdmin({ client: secretsManager, id: outputs(ERP_OUTPUTS.signing) }),
    deliveries: createDeliveries(sqs, outputs(ERP_OUTPUTS.deliveries)),
    // The operator of a local cloud may name this machine. What is deployed judges every call for itself.
    caller: createEndpointCaller({ exceptions: { loopback: process.env.AWS_ENDPOINT_URL !== undefined } }),
    clock: control.clock,
  };
}
