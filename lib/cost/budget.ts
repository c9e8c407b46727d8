import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import * as z from 'zod';
import type { Merchant } from '../../config/merchant.ts';
import { BUDGET_NOTICES } from '../constructs/merchant-mails.ts';
import { DeployError } from '../deploy-error.ts';
import { idleCost, type PricedResource, together } from './idle.ts';

const templateSchema = z.looseObject({
  Resources: z
    .record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) }))
    .default({}),
});

/** What is added to the base, so that a month with orders and a little more of everything is no surprise. */
const MARGIN = 1.25;

/** The resources of stacks, as far as they have a price. */
export const resourcesIn = (stacks: readonly CloudFormationStackArtifact[]): PricedResource[] =>
  stacks.flatMap(({ template }) =>
    Object.entries(templateSchema.parse(template).Resources).map(([id, one]) => ({ id, ...one })),
  );

/** The smallest budget that no month without orders comes near, in whole USD; `freeToo` counts what AWS gives for nothing. */
export function leastBudgetUsd(resources: readonly PricedResource[], freeToo: boolean): number {
  const base = together(idleCost(resources), freeToo ? 'usdAfterFree' : 'usd');
  const first = Math.min(...BUDGET_NOTICES.map(({ threshold }) => threshold)) / 100;
  return Math.ceil((base * MARGIN) / first);
}

/**
 * A budget that its own base reaches rings each month, and nobody reads its mails any more.
 *
 * @throws DeployError for one that even an account with nothing else in it reaches without an order
 */
export function checkBudget(stacks: readonly CloudFormationStackArtifact[], merchant: Merchant): void {
  const { name, monthlyBudgetUsd: budget } = merchant;
  if (budget === undefined) return;
  const resources = resourcesIn(stacks);
  const [least, enough] = [leastBudgetUsd(resources, true), leastBudgetUsd(resources, false)];
  if (budget >= least) return;
  throw new DeployError(
    `the budget of ${name} would ring each month, without an order: it is ${budget} USD.\n` +
      `Set monthlyBudgetUsd to ${enough} or more (${least} where nothing else runs in the account), or leave it out.`,
  );
}
