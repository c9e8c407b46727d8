import type { SQSEvent } from 'aws-lambda';
import { createDispatchers, dispatchEvent } from '../outbound/commands/dispatch-event.ts';
import { deployedFor } from '../pipeline/deployed.ts';
import type { Platform } from '../platforms/platform.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Runs the commands for the orders of a platform. */
export function handlerFor(platform: Platform, settings: unknown) {
  const runtime = createRuntime('dispatch', platform.name);
  const dispatchers = createDispatchers(deployedFor(platform, settings), runtime);
  return frame(runtime, (event: SQSEvent, run) => dispatchEvent(dispatchers, event, run));
}
