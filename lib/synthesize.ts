import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Merchant } from '../config/merchant.ts';
import { checkBudget } from './cost/budget.ts';
import { checkLimits } from './limits.ts';
import { addMerchantStacks } from './merchant-stacks.ts';

export interface SynthesizeOptions {
  readonly merchant: Merchant;
  /** Folder of the cloud assembly; made when it is not there. */
  readonly outdir: string;
  /** Check the templates with cdk-nag and CloudFormation's own rules (about two seconds); on unless said otherwise. */
  readonly nag?: boolean;
}

/**
 * Synthesizes one merchant's stacks in this process, as `cdk synth` does in another.
 *
 * @returns the folder of the cloud assembly
 * @throws DeployError when a function's source is missing or does not bundle, AWS allows less than is configured, or the
 * budget rings without an order
 */
export function synthesize(options: SynthesizeOptions): string {
  const checked = options.nag ?? true;
  const app = new App({
    outdir: options.outdir,
    context: featureFlags(),
    analyticsReporting: false,
    builtinCloudFormationValidation: checked,
  });
  addMerchantStacks(app, options.merchant);
  if (checked) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const assembly = app.synth();
  checkLimits(assembly.stacks, options.merchant);
  checkBudget(assembly.stacks, options.merchant);
  return assembly.directory;
}

/** The library's flags as the CLI would pass them, so that both ways give the same templates. */
function featureFlags(): Record<string, unknown> {
  const file = join(import.meta.dirname, '..', 'cdk.json');
  const { context } = JSON.parse(readFileSync(file, 'utf8')) as { context: Record<string, unknown> };
  return context;
}
