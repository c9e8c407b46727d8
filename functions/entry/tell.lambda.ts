import type { SQSEvent } from 'aws-lambda';
import type { StockSettings } from '../domain/stock/settings.ts';
import { createTellers, tellEvent } from '../outbound/stock/tell-event.ts';
import { deployedFor } from '../pipeline/deployed.ts';
import type { Platform } from '../platforms/platform.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Tells the channels of a platform what they may show. */
export function handlerFor(platform: Platform, settings: unknown, stock: StockSettings) {
  const runtime = createRuntime('tell', platform.name);
  const tellers = createTellers(deployedFor(platform, settings), stock, runtime);
  return frame(runtime, (event: SQSEvent, run) => tellEvent(tellers, event, run));
}
