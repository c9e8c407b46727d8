import { Duration } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { AcopioFunction } from './acopio-function.ts';
import type { WebhookApi, WebhookRoute } from './webhook-api.ts';

export type ReceiverName = 'nuvemshop-webhook' | 'pedidosya-webhook';

export interface WebhookReceiverProps {
  readonly name: ReceiverName;
  readonly deployment: Deployment;
  readonly description: string;
  readonly api: WebhookApi;
  readonly routes: readonly WebhookRoute[];
  readonly queue: Queue;
  /** Proves a webhook's origin. */
  readonly secret: Secret;
}

/** Takes a platform's webhooks: proves their origin and puts their bytes into the intake queue, nothing else. */
export class WebhookReceiver extends Construct {
  readonly receiver: AcopioFunction<ReceiverName>;

  constructor(scope: Construct, id: string, props: WebhookReceiverProps) {
    super(scope, id);
    this.receiver = new AcopioFunction<ReceiverName>(this, 'Receiver', {
      name: props.name,
      deployment: props.deployment,
      description: props.description,
      // Nuvemshop hangs up after 3 s; what takes longer than 5 is not going to be answered.
      timeout: Duration.seconds(5),
      memorySize: 512,
      variables: { QUEUE_URL: props.queue.queueUrl, SECRET_ID: props.secret.secretArn },
    });
    this.receiver.allow(['sqs:SendMessage'], [props.queue.queueArn]);
    this.receiver.allow(['secretsmanager:GetSecretValue'], [props.secret.secretArn]);
    props.api.receive(this.receiver.function, props.routes);
  }
}
