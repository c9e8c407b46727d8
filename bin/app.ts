import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { MerchantConfigError } from '../config/merchant.ts';
import { checkBudget } from '../lib/cost/budget.ts';
import { DeployError } from '../lib/deploy-error.ts';
import { checkLimits } from '../lib/limits.ts';
import { createsStacks, merchantOf } from '../lib/merchant-context.ts';
import { addMerchantStacks } from '../lib/merchant-stacks.ts';

try {
  const app = new App({ analyticsReporting: false });
  const merchant = merchantOf(app.node);
  addMerchantStacks(app, merchant, { creates: createsStacks(app.node) });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { stacks } = app.synth();
  checkLimits(stacks, merchant);
  checkBudget(stacks, merchant);
} catch (error) {
  if (!(error instanceof DeployError || error instanceof MerchantConfigError)) throw error;
  process.stderr.write(`acopio: ${error.message}\n`);
  process.exitCode = 1;
}
