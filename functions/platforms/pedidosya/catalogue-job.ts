import * as z from 'zod';
import { lazily } from '../../domain/lazily.ts';
import type { JobResult, RejectedProduct } from '../../storage/job-results.ts';

/** States of a catalogue job (catalogue guide); words we don't know become `unknown`. */
export const JOB_STATUSES = ['QUEUED', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'unknown'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Words of other senders for the same states; none of them is documented. */
const OTHER_WORDS: readonly (readonly [words: RegExp, status: JobStatus])[] = [
  [/^(ERROR|FAIL|ABORT|CANCEL|REJECT|TIMED?_?OUT|EXPIRED)/, 'FAILED'],
  // DUPLICATE is documented for the jobs of promotions: what it asked for was there already.
  [/^(SUCCESS|SUCCEEDED|SUCCESSFUL|DONE|COMPLETE|FINISHED|PROCESSED|PARTIAL|DUPLICATE)/, 'COMPLETED'],
  [/^(RUNNING|PROCESSING|STARTED|IN_?PROGRESS)/, 'IN_PROGRESS'],
  [/^(PENDING|CREATED|ACCEPTED|WAITING)/, 'QUEUED'],
];

/** The state of a catalogue job in our list, whatever its case and its sender's word. */
export function readJobStatus(text: string | null | undefined): JobStatus {
  const upper =
    text
      ?.trim()
      .toUpperCase()
      .replace(/[\s-]+/g, '_') ?? '';
  const own = JOB_STATUSES.find((status) => status === upper);
  return own ?? OTHER_WORDS.find(([words]) => words.test(upper))?.[1] ?? 'unknown';
}

/** True once nothing of the job will change any more. */
export const hasEnded = (status: JobStatus): boolean => status === 'COMPLETED' || status === 'FAILED';

const id = lazily(() => z.union([z.string().min(1).max(128), z.int().transform(String)]));
const word = lazily(() =>
  z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .catch(undefined),
);

const reason = lazily(() =>
  z.union([z.string(), z.object({ rejected_data: word(), rejected_reason: word() })]),
);
const feedback = lazily(() =>
  z.object({
    sku: word(),
    barcode: word(),
    status: word(),
    rejection_reasons: z
      .union([z.array(reason()), reason().transform((one) => [one])])
      .nullish()
      .catch(undefined),
  }),
);

/** What is said of a job, by webhook and by the job's own endpoint. Two spellings of several fields are in use. */
const jobBody = lazily(() =>
  z.object({
    status: word(),
    job_status: word(),
    platform_vendor_id: id().nullish().catch(undefined),
    vendor_id: id().nullish().catch(undefined),
    download_url: word(),
    downloadURL: word(),
    result: z
      .object({
        item_level_feedback: z.array(z.unknown()).nullish().catch(undefined),
        duplicated_products: z.array(z.unknown()).nullish().catch(undefined),
      })
      .nullish()
      .catch(undefined),
  }),
);

const withId = lazily(() => z.object({ job_id: id() }));

/** What a body says of a job, with what its products' feedback says; undefined when it is about no job. */
export interface JobReading extends Omit<JobResult, 'status'> {
  status: JobStatus;
  /** Products that a job named twice. */
  duplicated: string[];
}

/** @param known the job's id where the body need not repeat it */
export function readJob(json: unknown, known?: string): JobReading | undefined {
  const named = withId().safeParse(json);
  const jobId = named.success ? named.data.job_id : known;
  const body = jobBody().safeParse(json);
  if (jobId === undefined || !body.success) return undefined;
  const { data } = body;
  const said = data.job_status ?? data.status;
  const status = readJobStatus(said);
  const vendorId = data.platform_vendor_id ?? data.vendor_id;
  const downloadUrl = data.download_url ?? data.downloadURL;
  const items = data.result?.item_level_feedback;
  return {
    jobId,
    status,
    ...(said ? { platformStatus: said } : {}),
    ended: hasEnded(status),
    ...(status === 'FAILED' ? { failed: true as const } : {}),
    ...(vendorId ? { vendorId } : {}),
    ...(downloadUrl ? { downloadUrl } : {}),
    ...(items ? { rejected: items.flatMap(readRejected) } : {}),
    duplicated: (data.result?.duplicated_products ?? []).map(productName),
  };
}

/** Words for a product that was taken, besides those for a job that ended well or goes on; none of them is documented. */
const TAKEN = /^(OK|UPDATED|APPLIED|CREATED|VALID|PASSED|UNCHANGED|NO_CHANGE|NOT_MODIFIED)/;
const REFUSED = /reject|fail|error|invalid/i;

function isTaken(status: string): boolean {
  const word = status
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
  const known = readJobStatus(word);
  return word === '' || TAKEN.test(word) || (known !== 'unknown' && known !== 'FAILED');
}

/** Everything that is not plainly accepted counts as rejected. A status that nobody knows is its own reason. */
function readRejected(json: unknown): RejectedProduct[] {
  const read = feedback().safeParse(json);
  if (!read.success) return [{ product: 'unknown', reasons: ['feedback that cannot be read'] }];
  const { sku, barcode, status, rejection_reasons } = read.data;
  const said = (rejection_reasons ?? []).map((one) =>
    typeof one === 'string' ? one : [one.rejected_data, one.rejected_reason].filter(Boolean).join(': '),
  );
  const word = status ?? '';
  const refused = REFUSED.test(word);
  if (said.length === 0 && !refused && isTaken(word)) return [];
  const reasons = said.filter((one) => one.trim() !== '');
  const own = refused || word.trim() === '' ? [] : [word.trim()];
  return [{ product: sku ?? barcode ?? 'unknown', reasons: reasons.length > 0 ? reasons : own }];
}

function productName(json: unknown): string {
  if (typeof json === 'string' || typeof json === 'number') return String(json);
  const read = feedback().safeParse(json);
  return (read.success ? (read.data.sku ?? read.data.barcode) : undefined) ?? 'unknown';
}
