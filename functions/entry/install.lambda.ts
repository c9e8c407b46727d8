import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { deployedFor } from '../pipeline/deployed.ts';
import { createInstaller } from '../pipeline/install/installer.ts';
import { visit } from '../pipeline/install/visit.ts';
import type { Platform } from '../platforms/platform.ts';
import { createRuntime, frame } from '../runtime/handler.ts';

/** Lets a merchant allow the app into a store. */
export function handlerFor(platform: Platform, settings: unknown) {
  const runtime = createRuntime('install', platform.name);
  const installer = createInstaller(deployedFor(platform, settings), runtime);
  return frame(runtime, (event: APIGatewayProxyEventV2, run) => visit(installer, event, run));
}
