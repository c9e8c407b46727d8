import { deployedFor } from '../pipeline/deployed.ts';
import { createReconcilers, reconcileRequest, reconcileStores } from '../pipeline/reconcile/reconcile.ts';
import type { Platform } from '../platforms/platform.ts';
import { createRuntime, frame, parsed } from '../runtime/handler.ts';

/** Compares a platform's stores with the table. */
export function handlerFor(platform: Platform, settings: unknown) {
  const runtime = createRuntime('reconcile', platform.name);
  const reconcilers = createReconcilers(deployedFor(platform, settings), runtime);
  return frame(
    runtime,
    (request, run) => reconcileStores(reconcilers, request, run),
    parsed(reconcileRequest),
  );
}
