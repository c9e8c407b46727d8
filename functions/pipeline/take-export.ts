import type { EpochMs } from '../domain/time.ts';
import { patient } from '../platforms/admission.ts';
import type { ExportedFile } from '../platforms/product-resource.ts';
import { OwnError } from '../runtime/describe-error.ts';
import type { JobResults } from '../storage/job-results.ts';
import { observedIn, upsertMirrored } from './mirror-writer.ts';
import { productMirror, productsOf } from './mirrors.ts';
import type { StoreContext } from './store-context.ts';

/** What became of the catalogues of a store's outlets. */
export interface TakenExport {
  /** Of files that were read. */
  products: number;
  /** Of those, what the table had otherwise. */
  changed: number;
  /** Outlets whose catalogue did not come, each with the reason. */
  problems: string[];
}

/** Between two looks for the webhook that says where a file lies (ms). */
const LOOK_EVERY_MS = 5_000;

/**
 * Asks a platform for a store's whole catalogue as files, waits until its webhook has said where they lie, and mirrors what
 * is in them. For a program that may wait.
 *
 * @param run `until`: when to give up waiting (epoch ms)
 * @throws PlatformError of the request itself
 */
export async function takeExport(
  context: StoreContext,
  jobs: Pick<JobResults, 'ended'>,
  run: { correlationId: string; until: EpochMs },
): Promise<TakenExport> {
  const { connection, platform, store, clock } = context;
  const mirror = productMirror(context);
  const { exports } = productsOf(context);
  if (exports === undefined) throw new OwnError(`${platform.name} hands out no catalogue as a file`);
  const { correlationId } = run;
  const admit = patient(platform.name, connection.bucket, { priority: 'bulk', clock });
  const api = connection.api({ correlationId, admit });
  const taken: TakenExport = { products: 0, changed: 0, problems: [] };
  for (const { vendorId, jobId } of await exports.request(api, store)) {
    const askedAt = clock.now();
    const file = await waitFor(jobs, { vendorId, jobId }, run.until, clock);
    if (typeof file === 'string') {
      taken.problems.push(`${vendorId}: ${file}`);
      continue;
    }
    for (const { reading, bytes } of await exports.read(api, file, store)) {
      const platformProductId = reading.ok ? reading.said.platformProductId : reading.id;
      if (platformProductId === undefined) {
        taken.problems.push(`${vendorId}: a line names no product`);
        continue;
      }
      const { outcome } = await upsertMirrored(context, mirror, {
        key: { platform: platform.name, storeId: store.id, platformProductId },
        reading: observedIn(reading),
        // What changed after we asked may not be in the file.
        observedAt: askedAt,
        origin: 'reconcile',
        correlationId,
        bytes,
      });
      taken.products += 1;
      if (outcome === 'created' || outcome === 'updated') taken.changed += 1;
    }
  }
  return taken;
}

/** Where a file lies, or why nobody knows. */
async function waitFor(
  jobs: Pick<JobResults, 'ended'>,
  { vendorId, jobId }: { vendorId: string; jobId?: string | undefined },
  until: EpochMs,
  clock: StoreContext['clock'],
): Promise<ExportedFile | string> {
  if (jobId === undefined) return 'the platform did not say which job it began';
  for (;;) {
    const ended = await jobs.ended(jobId);
    if (ended?.downloadUrl !== undefined) return { jobId, vendorId, downloadUrl: ended.downloadUrl };
    if (ended !== undefined) return `job ${jobId} ended as ${ended.status}, without a file`;
    if (clock.now() + LOOK_EVERY_MS > until) return `no webhook told in time how job ${jobId} ended`;
    await clock.sleep(LOOK_EVERY_MS);
  }
}
