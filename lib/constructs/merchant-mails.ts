import { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/**
 * Where alarms go: one topic with the merchant's e-mail address. Its messages are not encrypted at rest, on purpose.
 * CloudWatch may not use the key that AWS manages for SNS, and with a key of our own one wrong condition in its policy
 * loses every alarm without a word. An alarm's text holds names of resources and no person's data, and it leaves as a mail.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, email: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    this.topic.grantPublish(cloudWatch);
    this.topic.addSubscription(new EmailSubscription(email));
  }
}

export interface CostBudgetProps {
  readonly email: string;
  readonly monthlyUsd: number;
}

/** Percent of the budget at which a mail is sent, of what was spent or of what the month is going to cost. */
export const BUDGET_NOTICES = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'FORECASTED', threshold: 100 },
] as const;

/**
 * A mail when the account's monthly cost nears the configured amount. Of the whole account: a budget by tag stays at
 * zero until somebody activates the tag for billing, and says nothing meanwhile.
 */
export class CostBudget extends Construct {
  constructor(scope: Construct, id: string, { email, monthlyUsd }: CostBudgetProps) {
    super(scope, id);
    new CfnBudget(this, 'Budget', {
      budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount: monthlyUsd, unit: 'USD' } },
      notificationsWithSubscribers: BUDGET_NOTICES.map((notice) => ({
        notification: { ...notice, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
        subscribers: [{ subscriptionType: 'EMAIL', address: email }],
      })),
    });
  }
}
