import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Merchant } from '../config/merchant.ts';
import { AlarmRegistry } from './alarms/registry.ts';
import type { Bundles } from './bundles.ts';
import type { Channel } from './constructs/channel.ts';
import { ImotrizChannel } from './constructs/imotriz-channel.ts';
import { NuvemshopChannel } from './constructs/nuvemshop-channel.ts';
import { PedidosyaChannel } from './constructs/pedidosya-channel.ts';
import { WebhookApi } from './constructs/webhook-api.ts';
import type { DataStack } from './data-stack.ts';
import type { Deployment } from './deployment.ts';

export interface IntegrationStackProps extends StackProps {
  readonly merchant: Merchant;
  readonly data: DataStack;
  readonly bundles: Bundles;
}

/** One channel for each platform in the merchant's configuration, and nothing for the others. */
export class IntegrationStack extends Stack {
  readonly alarms: AlarmRegistry;
  readonly channels: Channel[] = [];

  constructor(scope: Construct, id: string, props: IntegrationStackProps) {
    super(scope, id, props);
    const { merchant, data } = props;
    const { nuvemshop, pedidosya, imotriz } = merchant.platforms;
    this.alarms = new AlarmRegistry(merchant, data.alarmTopic.topic);
    const deployment: Deployment = { merchant, bundles: props.bundles, alarms: this.alarms };
    const common = { deployment, orders: data.orders, control: data.control, secrets: data.secrets };

    if (nuvemshop !== undefined || pedidosya !== undefined) {
      const api = new WebhookApi(this, 'Webhooks', deployment);
      if (nuvemshop !== undefined) {
        this.channels.push(new NuvemshopChannel(this, 'Nuvemshop', { ...common, settings: nuvemshop, api }));
      }
      if (pedidosya !== undefined) {
        this.channels.push(new PedidosyaChannel(this, 'Pedidosya', { ...common, settings: pedidosya, api }));
      }
    }
    if (imotriz !== undefined) {
      this.channels.push(new ImotrizChannel(this, 'Imotriz', { ...common, settings: imotriz }));
    }
  }
}
