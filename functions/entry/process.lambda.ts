import type { SQSEvent } from 'aws-lambda';
import { type Deployed, deployedFor } from '../pipeline/deployed.ts';
import type { OrderWriter } from '../pipeline/order-writer.ts';
import { type Processor, processEvent } from '../pipeline/process.ts';
import type { IntakePlatform } from '../platforms/platform.ts';
import { createRuntime, frame, type Runtime } from '../runtime/handler.ts';

/** Works through a platform's intake queue. @param create what the platform's messages may ask for */
export function handlerFor<S extends OrderWriter>(
  platform: IntakePlatform,
  settings: unknown,
  create: (deployed: Deployed<IntakePlatform>, runtime: Runtime<'process'>) => Processor<S>,
) {
  const runtime = createRuntime('process', platform.name);
  const processor = create(deployedFor(platform, settings), runtime);
  return frame(runtime, (event: SQSEvent) => processEvent(processor, event));
}
