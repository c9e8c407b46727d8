import { Construct } from 'constructs';
import { ROUTES } from '../../functions/platforms/routes.ts';
import type { PedidosyaSettings } from '../../functions/platforms/settings.ts';
import { raiseCallAlarms, raiseWebhookAlarms } from '../alarms/channel-alarms.ts';
import type { Channel, ChannelProps } from './channel.ts';
import { OrderConsumer } from './order-consumer.ts';
import { OrderReconciler, RECORDING_ACTIONS } from './order-reconciler.ts';
import type { WebhookApi, WebhookRoute } from './webhook-api.ts';
import { WebhookReceiver } from './webhook-receiver.ts';
import type { WorkQueue } from './work-queue.ts';

const WEBHOOKS: readonly WebhookRoute[] = [
  {
    output: 'PedidosyaWebhookUrl',
    path: ROUTES.pedidosya,
    pasteInto:
      'PedidosYa Partner Portal, Shops Integrations, webhook settings: both the order and the catalogue URL field',
  },
];

export interface PedidosyaChannelProps extends ChannelProps {
  readonly settings: PedidosyaSettings;
  readonly api: WebhookApi;
}

/** Orders of a PedidosYa chain: each webhook carries the whole order. */
export class PedidosyaChannel extends Construct implements Channel {
  readonly platform = 'pedidosya';
  readonly arrivals = ['WebhookAccepted', 'WebhookBadSignature'] as const;
  readonly intake: WorkQueue;

  constructor(scope: Construct, id: string, props: PedidosyaChannelProps) {
    super(scope, id);
    const { deployment, orders, control, secrets } = props;
    const { intake } = new OrderConsumer(this, 'Orders', {
      name: 'pedidosya-orders',
      platform: 'pedidosya',
      deployment,
      description: 'Writes the orders that PedidosYa webhooks carry into the orders table',
      orders,
      control,
      maxConcurrency: 5,
      variables: (shared) => ({ ...shared, SETTINGS: JSON.stringify(props.settings) }),
    });
    this.intake = intake;
    new WebhookReceiver(this, 'Webhook', {
      name: 'pedidosya-webhook',
      deployment,
      description: 'Proves the origin of PedidosYa webhooks and queues their bytes',
      api: props.api,
      routes: WEBHOOKS,
      queue: intake.queue,
      secret: secrets.get('PedidosyaWebhook'),
    });
    new OrderReconciler(this, 'Reconcile', {
      name: 'pedidosya-reconcile',
      platform: 'pedidosya',
      deployment,
      description: 'Finds PedidosYa orders whose webhooks were lost and records them',
      everyMinutes: props.settings.reconcile.everyMinutes,
      orders,
      control,
      secret: secrets.get('PedidosyaApi'),
      ordersActions: RECORDING_ACTIONS,
      variables: (shared) => ({
        ...shared,
        RAW_DAYS: String(deployment.merchant.rawDays),
        SETTINGS: JSON.stringify(props.settings),
      }),
    });
    const about = { alarms: deployment.alarms, platform: 'pedidosya' } as const;
    raiseWebhookAlarms(this, { ...about, quietHours: deployment.merchant.webhookQuietHours });
    raiseCallAlarms(this, about);
  }
}
