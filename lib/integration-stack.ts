import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { divideConcurrency } from '../config/concurrency.ts';
import type { Channel, Merchant } from '../config/merchant.ts';
import { AlarmRegistry } from './alarms/registry.ts';
import type { Bundles } from './bundles/bundles.ts';
import { ErpSide } from './constructs/erp-side.ts';
import { OperatorPolicies } from './constructs/operator-policies.ts';
import { OrdersAtRisk } from './constructs/orders-at-risk.ts';
import { PlatformChannel } from './constructs/platform-channel.ts';
import { SharedWatch } from './constructs/shared-watch.ts';
import { WebhookApi } from './constructs/webhook-api.ts';
import type { DataStack } from './data-stack.ts';
import type { Deployment } from './deployment.ts';

export interface IntegrationStackProps extends StackProps {
  readonly merchant: Merchant;
  readonly channels: readonly Channel[];
  readonly data: DataStack;
  readonly bundles: Bundles;
}

/** One channel for each platform in the merchant's configuration, and nothing for the others. */
export class IntegrationStack extends Stack {
  readonly alarms: AlarmRegistry;
  readonly channels: readonly PlatformChannel[];

  constructor(scope: Construct, id: string, props: IntegrationStackProps) {
    super(scope, id, props);
    const { merchant, channels, data, bundles } = props;
    this.alarms = new AlarmRegistry(merchant, data.alarmTopic.topic);
    const deployment: Deployment = { merchant, bundles, alarms: this.alarms };
    const { orders, control, secrets } = data;
    const called = channels.some(
      ({ platform: { webhook, oauth } }) => webhook !== undefined || oauth !== undefined,
    );
    const api = called ? new WebhookApi(this, 'Webhooks', deployment, data.webhookDomain?.domain) : undefined;
    const { consumers } = divideConcurrency(channels, merchant);
    this.channels = channels.map(
      (channel) =>
        new PlatformChannel(this, {
          deployment,
          channel,
          orders,
          control,
          secrets,
          consumers: consumers.get(channel.platform.name) ?? channel.platform.deployment.maxConcurrency,
          api,
        }),
    );
    const commandQueues = new Map(
      this.channels.flatMap(({ platform, commands }) =>
        commands === undefined ? [] : [[platform.name, commands] as const],
      ),
    );
    const stockQueues = new Map(
      this.channels.flatMap(({ platform, stock }) =>
        stock === undefined ? [] : [[platform.name, stock] as const],
      ),
    );
    const erp = new ErpSide(this, 'Erp', {
      deployment,
      channels,
      orders,
      control,
      secrets: data.erpSecrets,
      platformSecrets: secrets,
      commandQueues,
      stockQueues,
    });
    new SharedWatch(this, 'Shared', { deployment, channels, within: this });
    new OperatorPolicies(this, 'People', {
      merchant: merchant.name,
      orders,
      control,
      alarmTopic: data.alarmTopic.topic,
      stacks: [data, this],
      givenUp: erp.givenUp,
    });
    new OrdersAtRisk(this, 'OrdersAtRisk', {
      merchant,
      critical: this.alarms.critical(),
      topic: data.alarmTopic.topic,
    });
  }
}
