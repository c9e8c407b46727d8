import type { Merchant } from '../config/merchant.ts';
import type { AlarmRegistry } from './alarms/registry.ts';
import type { Bundles } from './bundles.ts';

/** What every construct of one merchant's integration is built with. */
export interface Deployment {
  readonly merchant: Merchant;
  readonly bundles: Bundles;
  readonly alarms: AlarmRegistry;
}

/**
 * Something about the deployment that its author can put right: shown as its message alone, without a stack trace. The
 * message says what is wrong and what to do.
 */
export class DeployError extends Error {
  override readonly name = 'DeployError';
}
