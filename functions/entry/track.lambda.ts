import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { StockFollowing } from '../erp/stock-following.ts';
import { createTracker, track } from '../erp/track.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Notes by what texts orders are found, and claims what they take from the stock. @param following where anybody counts it */
export function handlerFor(following?: StockFollowing) {
  const runtime = createRuntime('track', 'erp');
  const tracker = createTracker(following, runtime);
  return frame(runtime, (event: DynamoDBStreamEvent) => track(tracker, event));
}
