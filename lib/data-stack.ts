import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Channel, Merchant } from '../config/merchant.ts';
import { ALARM_TOPIC_OUTPUT, PLACE_OUTPUTS, RELEASE_OUTPUT } from '../config/output-names.ts';
import { release } from '../config/release.ts';
import { ErpSecrets } from './constructs/erp-secrets.ts';
import { AlarmTopic } from './constructs/merchant-mails.ts';
import { ControlTable, OrdersTable } from './constructs/order-tables.ts';
import { PlatformSecrets } from './constructs/platform-secrets.ts';
import { WebhookDomain } from './constructs/webhook-api.ts';

export interface DataStackProps extends StackProps {
  readonly merchant: Merchant;
  readonly channels: readonly Channel[];
}

/** What must survive every other change: orders, memory, credentials, and the way to reach a person. */
export class DataStack extends Stack {
  readonly orders: Table;
  readonly control: Table;
  readonly secrets: PlatformSecrets;
  readonly erpSecrets: ErpSecrets;
  readonly alarmTopic: AlarmTopic;
  /** Of merchants that have one. */
  readonly webhookDomain: WebhookDomain | undefined;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { merchant, channels } = props;
    const protection = { deletionProtection: props.terminationProtection ?? false };
    this.orders = new OrdersTable(this, 'Orders', protection).table;
    this.control = new ControlTable(this, 'Control', protection).table;
    this.secrets = new PlatformSecrets(this, 'Secrets', merchant, channels);
    this.erpSecrets = new ErpSecrets(this, 'Erp', merchant.name);
    this.alarmTopic = new AlarmTopic(this, 'Alarms', merchant.alarmEmail);
    this.webhookDomain =
      merchant.webhookDomain && new WebhookDomain(this, 'WebhookDomain', merchant.webhookDomain);
    this.recordPlace(merchant);
    this.recordState();
    new CfnOutput(this, 'OrdersTableName', {
      value: this.orders.tableName,
      description: 'DynamoDB table of the orders: what the ERP reads',
    });
    new CfnOutput(this, 'ControlTableName', {
      value: this.control.tableName,
      description: 'DynamoDB table of what the functions remember: circuits, leases, call limits, the outbox',
    });
  }

  /** What the operator's commands look at, to say whether alarms reach somebody and what is deployed. */
  private recordState(): void {
    new CfnOutput(this, ALARM_TOPIC_OUTPUT, {
      value: this.alarmTopic.topic.topicArn,
      description: 'Topic that alarms are sent to',
    });
    new CfnOutput(this, RELEASE_OUTPUT, {
      value: release(),
      description: 'Release of Acopio that was deployed last',
    });
  }

  /** What the operator's commands compare before they do anything. */
  private recordPlace(merchant: Merchant): void {
    new CfnOutput(this, PLACE_OUTPUTS.merchant, {
      value: merchant.name,
      description: 'Merchant that these stacks are of',
    });
    new CfnOutput(this, PLACE_OUTPUTS.account, {
      value: this.account,
      description: 'AWS account that these stacks stand in',
    });
    new CfnOutput(this, PLACE_OUTPUTS.region, {
      value: this.region,
      description: 'AWS region that these stacks stand in',
    });
  }
}
