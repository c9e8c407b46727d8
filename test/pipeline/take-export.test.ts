import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../functions/http/errors.ts';
import { takeExport } from '../../functions/pipeline/take-export.ts';
import type { CatalogueExport } from '../../functions/platforms/product-resource.ts';
import type { JobResults } from '../../functions/storage/job-results.ts';
import { openBazaar } from '../support/bazaar/bench.ts';
import { type BazaarCatalogue, createBazaarCatalogue } from '../support/bazaar/catalogue.ts';
import { localTables } from '../support/local-tables.ts';

const tables = localTables();
type Ended = Awaited<ReturnType<JobResults['ended']>>;

/** A store whose platform writes its catalogue into files, and what its webhook tells of the jobs. */
function open(storeId: string, told: Record<string, Ended>, asked = [{ vendorId: 'v-1', jobId: 'j-1' }]) {
  let catalogue: BazaarCatalogue | undefined;
  const read: string[] = [];
  /** What the next files are answered with in their place. */
  const spoilt: (PlatformError | undefined)[] = [];
  const bed = openBazaar(tables, {
    stores: [storeId],
    change(platform) {
      catalogue = createBazaarCatalogue(platform, storeId);
      const { product } = catalogue.resources;
      const exports: CatalogueExport = {
        request: async () => asked,
        async read(_, { downloadUrl }) {
          read.push(downloadUrl);
          const error = spoilt.shift();
          if (error !== undefined) throw error;
          return [await product!.get({ orderIds: async () => [] }, 'p-1', {} as never)];
        },
      };
      return { resources: { ...catalogue.resources, product: { ...product!, exports } } };
    },
  });
  const looks: string[] = [];
  const jobs: Pick<JobResults, 'ended'> = {
    ended: async (jobId) => {
      looks.push(jobId);
      return looks.length < 3 ? undefined : told[jobId];
    },
  };
  return {
    ...bed,
    catalogue: catalogue!,
    read,
    spoilt,
    take: () => takeExport(bed.context(), jobs, { correlationId: 'c', until: bed.clock.now() + 60_000 }),
    row: () => bed.context().products.get({ platform: 'bazaar', storeId, platformProductId: 'p-1' }),
  };
}
const FILE = { status: 'COMPLETED', downloadUrl: 'https://files.example/j-1' };
const TWO = ['1', '2'].map((n) => ({ vendorId: `v-${n}`, jobId: `j-${n}` }));
const downloadError = (details: object) =>
  new PlatformError({ platform: 'pedidosya', operation: 'catalogue.download', kind: 'refused', ...details });

describe('the catalogue as a file', () => {
  it('is waited for, read where the webhook says, and mirrored as of when it was asked for', async () => {
    const bed = open('taken', { 'j-1': FILE });
    bed.catalogue.put('p-1');
    const askedAt = bed.clock.now();

    const taken = await bed.take();

    expect(taken).toEqual({ products: 1, changed: 1, problems: [] });
    expect(bed.read).toEqual([FILE.downloadUrl]);
    expect(bed.clock.now()).toBeGreaterThan(askedAt);
    expect(await bed.row()).toMatchObject({ state: 'ok', observedAt: askedAt });
  });

  it.each([
    ['whose job failed', { 'j-1': { status: 'FAILED' } }, 'v-1: job j-1 ended as FAILED, without a file'],
    ['of which nobody tells', {}, 'v-1: no webhook told in time how job j-1 ended'],
  ])('of an outlet %s leaves everything as it is', async (what, told, problem) => {
    const bed = open(`none-${what.replaceAll(' ', '-')}`, told);

    expect(await bed.take()).toEqual({ products: 0, changed: 0, problems: [problem] });
    expect(await bed.row()).toBeUndefined();
  });

  it('cannot be waited for when the platform does not say which job it began', async () => {
    const bed = open('nameless', {}, [{ vendorId: 'v-1' } as never]);

    expect((await bed.take()).problems).toEqual(['v-1: the platform did not say which job it began']);
  });

  it('of one outlet that cannot be read leaves the others to be read', async () => {
    const bed = open('expired', { 'j-1': FILE, 'j-2': FILE }, TWO);
    bed.catalogue.put('p-1');
    bed.spoilt.push(downloadError({ status: 403, detail: 'The file is not given out, or no longer.' }));

    const taken = await bed.take();

    expect(taken.products).toBe(1);
    expect(taken.problems).toEqual([expect.stringMatching(/^v-1: .*HTTP 403.*not given out/)]);
  });

  it('is as of when it was asked for, also where another outlet’s was waited for meanwhile', async () => {
    const bed = open('second', { 'j-1': { status: 'FAILED' }, 'j-2': FILE }, TWO);
    bed.catalogue.put('p-1');
    const askedAt = bed.clock.now();

    await bed.take();

    expect(bed.clock.now()).toBeGreaterThan(askedAt);
    expect(await bed.row()).toMatchObject({ observedAt: askedAt });
  });

  it('is waited for where our own limit has no slot for it', async () => {
    const bed = open('no-slot', { 'j-1': FILE });
    bed.catalogue.put('p-1');
    bed.spoilt.push(downloadError({ kind: 'retry-later', throttled: true }));

    expect(await bed.take()).toEqual({ products: 1, changed: 1, problems: [] });
  });
});
