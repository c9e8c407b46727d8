import { type Environment, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { channelsOf, type Merchant, stockOf } from '../config/merchant.ts';
import { stackName } from '../config/output-names.ts';
import { Bundles } from './bundles/bundles.ts';
import { entryOf } from './bundles/sources.ts';
import { MerchantDashboard } from './constructs/merchant-dashboard.ts';
import { CostBudget } from './constructs/merchant-mails.ts';
import { DataStack } from './data-stack.ts';
import { IntegrationStack } from './integration-stack.ts';

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

export interface StackOptions {
  /**
   * The Data stack is not there yet. Nothing of it is protected from deletion then, because AWS has to take a create that
   * fails back, and what it could not take back would stand in the way of the next try. The deployment protects it as soon
   * as it stands.
   */
  readonly creates?: boolean;
}

/**
 * The stacks of one merchant, each named `Acopio-<merchant>-<part>`.
 *
 * They refer to each other by exports (`defaultCrossStackReferences` in cdk.json), not by the weaker reading of outputs:
 * CloudFormation then refuses to replace a table or secret that is in use, where a weak reference would leave the
 * functions with the name of the old one. The price is an order of steps when a platform is removed; see the runbook.
 */
export function addMerchantStacks(
  app: Construct,
  merchant: Merchant,
  { creates = false }: StackOptions = {},
): void {
  const env: Environment =
    merchant.account === undefined
      ? { region: merchant.region }
      : { account: merchant.account, region: merchant.region };
  const tags = { 'acopio:merchant': merchant.name };
  const channels = channelsOf(merchant);
  const common = { merchant, channels, env, tags };

  const data = new DataStack(app, stackName(merchant.name, 'Data'), {
    ...common,
    description: `Acopio ${merchant.name}: orders, credentials, alarms' topic`,
    terminationProtection: !creates,
  });
  const bundles = new Bundles(channels, entryOf, stockOf(merchant));
  try {
    const integration = new IntegrationStack(app, stackName(merchant.name, 'Integration'), {
      ...common,
      data,
      bundles,
      description: `Acopio ${merchant.name}: webhooks, queues, consumers, polls and their alarms`,
    });
    new OperationsStack(app, stackName(merchant.name, 'Operations'), {
      ...common,
      integration,
      description: `Acopio ${merchant.name}: dashboard, budget`,
    });
  } finally {
    bundles.discard();
  }
}
