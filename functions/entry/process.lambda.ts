import type { SQSEvent } from 'aws-lambda';
import { deployedFor } from '../pipeline/deployed.ts';
import { createProcessor, processEvent } from '../pipeline/process.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Works through a platform's intake queue. */
export function handlerFor(platform: IntakePlatform, settings: unknown) {
  const runtime = createRuntime('process', platform.name);
  const processor = createProcessor(deployedFor(platform, settings), runtime);
  return frame(runtime, (event: SQSEvent) => processEvent(processor, event));
}
