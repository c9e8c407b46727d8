import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Merchant } from '../config/merchant.ts';
import { MerchantDashboard } from './constructs/merchant-dashboard.ts';
import { CostBudget } from './constructs/merchant-mails.ts';
import type { IntegrationStack } from './integration-stack.ts';

export interface OperationsStackProps extends StackProps {
  readonly merchant: Merchant;
  readonly integration: IntegrationStack;
}

/** What looks at the whole: the dashboard, and the budget if the merchant has one. Nothing else depends on it. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, props: OperationsStackProps) {
    super(scope, id, props);
    const { merchant, integration } = props;
    this.addStackDependency(integration);
    new MerchantDashboard(this, 'Dashboard', {
      merchant,
      channels: integration.channels,
      alarmNames: integration.alarms.names,
    });
    if (merchant.monthlyBudgetUsd !== undefined)
      new CostBudget(this, 'Cost', { email: merchant.alarmEmail, monthlyUsd: merchant.monthlyBudgetUsd });
  }
}
