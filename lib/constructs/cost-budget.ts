import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';

export interface CostBudgetProps {
  readonly email: string;
  readonly monthlyUsd: number;
}

/** Percent of the budget at which a mail is sent, of what was spent or of what the month is going to cost. */
const NOTICES = [
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
      notificationsWithSubscribers: NOTICES.map((notice) => ({
        notification: { ...notice, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
        subscribers: [{ subscriptionType: 'EMAIL', address: email }],
      })),
    });
  }
}
