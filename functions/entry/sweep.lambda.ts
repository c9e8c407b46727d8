import type { StockSettings } from '../domain/stock/settings.ts';
import { createSweeper, sweep } from '../erp/sweep.ts';
import { createRuntime, frame } from '../runtime/handler.ts';
import type { StoreName } from '../storage/keys.ts';

/** Announces again, every minute, what is overdue. */
export function handlerFor(stores: readonly StoreName[], stock?: StockSettings) {
  const runtime = createRuntime('sweep', 'erp');
  const sweeper = createSweeper(runtime, stores, stock);
  return frame(runtime, () => sweep(sweeper));
}
