import type { StockSettings } from '../domain/stock/settings.ts';
import { checkStock, createStockChecker } from '../erp/check-stock.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Compares at night what the channels show with what they were told. */
export function handlerFor(settings: StockSettings) {
  const runtime = createRuntime('compare', 'erp');
  const checker = createStockChecker(settings, runtime);
  return frame(runtime, (_event: unknown, run) => checkStock(checker, run));
}
