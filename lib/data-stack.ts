import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Merchant } from '../config/merchant.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { ControlTable, OrdersTable } from './constructs/order-tables.ts';
import { PlatformSecrets } from './constructs/platform-secrets.ts';

export interface DataStackProps extends StackProps {
  readonly merchant: Merchant;
}

/** What must survive every other change: orders, memory, credentials, events, and the way to reach a person. */
export class DataStack extends Stack {
  readonly orders: Table;
  readonly control: Table;
  readonly secrets: PlatformSecrets;
  readonly alarmTopic: AlarmTopic;
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { merchant } = props;
    this.orders = new OrdersTable(this, 'Orders').table;
    this.control = new ControlTable(this, 'Control').table;
    this.secrets = new PlatformSecrets(this, 'Secrets', merchant);
    this.alarmTopic = new AlarmTopic(this, 'Alarms', merchant.alarmEmail);
    this.bus = new EventBus(this, 'Events', {
      description: `Order and command events of merchant ${merchant.name}`,
    });
    this.bus.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const archive = new Archive(this, 'EventArchive', {
      sourceEventBus: this.bus,
      description: 'Every event, to replay after a subscriber failed',
      eventPattern: { account: [this.account] },
      retention: Duration.days(30),
    });
    archive.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnOutput(this, 'OrdersTableName', {
      value: this.orders.tableName,
      description: 'DynamoDB table of the orders: what the ERP reads',
    });
    new CfnOutput(this, 'ControlTableName', {
      value: this.control.tableName,
      description: 'DynamoDB table of what the functions remember: pauses, leases, call limits, kept pages',
    });
    new CfnOutput(this, 'EventBusName', {
      value: this.bus.eventBusName,
      description: 'Event bus on which the ERP subscribes to order and command events',
    });
  }
}
