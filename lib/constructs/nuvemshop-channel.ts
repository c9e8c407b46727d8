import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ROUTES } from '../../functions/platforms/routes.ts';
import type { NuvemshopSettings } from '../../functions/platforms/settings.ts';
import { CHANGES_INDEX } from '../../functions/storage/keys.ts';
import { raiseCallAlarms, raiseWebhookAlarms } from '../alarms/channel-alarms.ts';
import type { Channel, ChannelProps } from './channel.ts';
import { NuvemshopInstallation } from './nuvemshop-installation.ts';
import { OrderConsumer } from './order-consumer.ts';
import { OrderReconciler } from './order-reconciler.ts';
import type { WebhookApi, WebhookRoute } from './webhook-api.ts';
import { WebhookReceiver } from './webhook-receiver.ts';
import type { WorkQueue } from './work-queue.ts';

const PARTNER_PANEL = 'Nuvemshop partner panel, your app';

const WEBHOOKS: readonly WebhookRoute[] = [
  {
    output: 'NuvemshopWebhookUrl',
    path: ROUTES.nuvemshopEvents,
    pasteInto: 'Nuvemshop has no panel field for this one: the installation subscribes it in the store',
  },
  {
    output: 'NuvemshopStoreRedactUrl',
    path: ROUTES.nuvemshopStoreRedact,
    pasteInto: `${PARTNER_PANEL}, privacy webhooks, field "store redact"`,
  },
  {
    output: 'NuvemshopCustomersRedactUrl',
    path: ROUTES.nuvemshopCustomersRedact,
    pasteInto: `${PARTNER_PANEL}, privacy webhooks, field "customers redact"`,
  },
  {
    output: 'NuvemshopCustomersDataRequestUrl',
    path: ROUTES.nuvemshopCustomersDataRequest,
    pasteInto: `${PARTNER_PANEL}, privacy webhooks, field "customers data request"`,
  },
];

export interface NuvemshopChannelProps extends ChannelProps {
  readonly settings: NuvemshopSettings;
  readonly api: WebhookApi;
}

/** Orders of a Nuvemshop/Tiendanube store: webhooks say which order changed, the consumer fetches it. */
export class NuvemshopChannel extends Construct implements Channel {
  readonly platform = 'nuvemshop';
  readonly arrivals = [
    'WebhookAccepted',
    'WebhookBadSignature',
    'PlatformCall',
    'PlatformThrottled',
  ] as const;
  readonly intake: WorkQueue;

  constructor(scope: Construct, id: string, props: NuvemshopChannelProps) {
    super(scope, id);
    const { deployment, orders, control, secrets } = props;
    const store = secrets.get('NuvemshopStore');
    const { intake, consumer } = new OrderConsumer(this, 'Orders', {
      name: 'nuvemshop-orders',
      platform: 'nuvemshop',
      deployment,
      description: 'Fetches the Nuvemshop orders that webhooks name and writes them into the orders table',
      orders,
      control,
      maxConcurrency: 5,
      // Events of one order come in bursts; a gathered batch serves them with one fetch.
      batchingWindow: Duration.seconds(1),
      variables: (shared) => ({
        ...shared,
        SECRET_ID: store.secretArn,
        SETTINGS: JSON.stringify(props.settings),
      }),
    });
    this.intake = intake;
    consumer.allow(['secretsmanager:GetSecretValue'], [store.secretArn]);
    // A request to erase a store's personal data names no order.
    consumer.allow(['dynamodb:Query'], [`${orders.tableArn}/index/${CHANGES_INDEX.name}`]);
    new WebhookReceiver(this, 'Webhook', {
      name: 'nuvemshop-webhook',
      deployment,
      description: 'Proves the origin of Nuvemshop webhooks and queues their bytes',
      api: props.api,
      routes: WEBHOOKS,
      queue: intake.queue,
      secret: secrets.get('NuvemshopApp'),
    });
    new NuvemshopInstallation(this, 'Install', {
      deployment,
      settings: props.settings,
      api: props.api,
      control,
      app: secrets.get('NuvemshopApp'),
      store,
    });
    const { reconciler } = new OrderReconciler(this, 'Reconcile', {
      name: 'nuvemshop-reconcile',
      platform: 'nuvemshop',
      deployment,
      description: 'Finds Nuvemshop orders whose webhooks were lost and queues them to be fetched',
      everyMinutes: props.settings.reconcile.everyMinutes,
      orders,
      control,
      secret: store,
      ordersActions: ['dynamodb:GetItem'],
      variables: (shared) => ({
        ...shared,
        QUEUE_URL: intake.queue.queueUrl,
        SETTINGS: JSON.stringify(props.settings),
      }),
    });
    reconciler.allow(['sqs:SendMessage'], [intake.queue.queueArn]);
    const about = { alarms: deployment.alarms, platform: 'nuvemshop' } as const;
    raiseWebhookAlarms(this, { ...about, quietHours: deployment.merchant.webhookQuietHours });
    raiseCallAlarms(this, about);
    deployment.alarms.raise(this, 'privacy-report-ready', { subject: 'nuvemshop', platform: 'nuvemshop' });
    // The platform tells how full its bucket is; of the others nothing is known but our own share.
    deployment.alarms.raise(this, 'bucket-nearly-full', { subject: 'nuvemshop', platform: 'nuvemshop' });
  }
}
