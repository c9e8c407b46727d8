import type { Product } from '../domain/product.ts';
import type { EpochMs } from '../domain/time.ts';
import { isOwnLimit, PlatformError } from '../http/errors.ts';
import { patient } from '../platforms/admission.ts';
import type { ReadThing } from '../platforms/mirrored-resource.ts';
import type { AskedFile, ExportedFile } from '../platforms/product-resource.ts';
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
/** Our own limit has no slot for a file for about so long (ms). */
const NO_SLOT_MS = 1_000;

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
  const askedAt = clock.now();
  for (const asked of await exports.request(api, store)) {
    const { vendorId } = asked;
    const file = await waitFor(jobs, asked, run.until, clock);
    const lines =
      typeof file === 'string' ? file : await linesOf(() => exports.read(api, file, store), run.until, clock);
    // One outlet's file says nothing of the others', which were asked for already.
    if (typeof lines === 'string') {
      taken.problems.push(`${vendorId}: ${lines}`);
      continue;
    }
    for (const { reading, bytes } of lines) {
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

/** What is in a file, or why it cannot be read. */
async function linesOf(
  read: () => Promise<ReadThing<Product>[]>,
  until: EpochMs,
  clock: StoreContext['clock'],
): Promise<ReadThing<Product>[] | string> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      if (!isOwnLimit(error) || clock.now() + NO_SLOT_MS > until) return error.message;
      await clock.sleep(NO_SLOT_MS);
    }
  }
}

/** Where a file lies, or why nobody knows. */
async function waitFor(
  jobs: Pick<JobResults, 'ended'>,
  { vendorId, jobId, problem }: AskedFile,
  until: EpochMs,
  clock: StoreContext['clock'],
): Promise<ExportedFile | string> {
  if (problem !== undefined) return problem;
  if (jobId === undefined) return 'the platform did not say which job it began';
  for (;;) {
    const ended = await jobs.ended(jobId);
    if (ended?.downloadUrl !== undefined) return { jobId, vendorId, downloadUrl: ended.downloadUrl };
    if (ended !== undefined) return `job ${jobId} ended as ${ended.status}, without a file`;
    if (clock.now() + LOOK_EVERY_MS > until) return `no webhook told in time how job ${jobId} ended`;
    await clock.sleep(LOOK_EVERY_MS);
  }
}
