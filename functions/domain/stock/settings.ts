import type { DriftPolicy } from './drift.ts';
import type { Kits } from './kits.ts';
import type { StockRules } from './sku.ts';

/** Everything that a merchant's configuration says about stock. Part of a function's code, so plain data. */
export interface StockSettings extends StockRules {
  /** The client of the API whose numbers and acknowledgements count. */
  readonly owner: string;
  /** ISO time: orders that were placed before are not followed. */
  readonly since?: string | undefined;
  readonly kits: Kits;
  /** What is done at night about channels that show something else; they are reported when absent. */
  readonly drift?: DriftPolicy | undefined;
}
