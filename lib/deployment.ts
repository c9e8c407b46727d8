import type { Merchant } from '../config/merchant.ts';
import type { AlarmRegistry } from './alarms/registry.ts';
import type { Bundles } from './bundles/bundles.ts';

/** What every construct of one merchant's integration is built with. */
export interface Deployment {
  readonly merchant: Merchant;
  readonly bundles: Bundles;
  readonly alarms: AlarmRegistry;
}
