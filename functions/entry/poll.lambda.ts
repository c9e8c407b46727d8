import { deployedFor } from '../pipeline/deployed.ts';
import { createPollers, pollRequest, pollStores } from '../pipeline/poll.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import { createRuntime, frame, parsed } from '../runtime/handler.ts';

/** Drains the new orders of a platform's stores. */
export function handlerFor(platform: IntakePlatform, settings: unknown) {
  const runtime = createRuntime('poll', platform.name);
  const pollers = createPollers(deployedFor(platform, settings), runtime);
  return frame(runtime, (request, run) => pollStores(pollers, request, run), parsed(pollRequest));
}
