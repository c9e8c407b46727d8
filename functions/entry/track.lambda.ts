import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { StockSettings } from '../domain/stock/settings.ts';
import { createTracker, track } from '../erp/track.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Notes by what texts orders are found, and claims what they take from the stock. @param settings where anybody counts it */
export function handlerFor(settings?: StockSettings) {
  const runtime = createRuntime('track', 'erp');
  const tracker = createTracker(settings, runtime);
  return frame(runtime, (event: DynamoDBStreamEvent) => track(tracker, event));
}
