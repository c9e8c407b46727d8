import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { platforms } from '../../functions/platforms/registry.ts';
import { FEED_PARTITION_EVENTS } from '../../functions/storage/erp-keys.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const document = read('docs/scale.md');
const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading));

describe('docs/scale.md', () => {
  it('links only to what is there, and to headings that are there', () => {
    const links = [...document.matchAll(/\]\(([^)#]*)(?:#([^)]+))?\)/g)];

    const broken = links.filter(([, file = '', anchor]) => {
      const target = file === '' ? 'docs/scale.md' : join('docs', file);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
    });

    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('says the figures that the code has', () => {
    const consumers = platforms().map(({ deployment }) => deployment.maxConcurrency);

    expect(consumers).toEqual([5, 5, 2]);
    expect(document).toContain('(`deployment.maxConcurrency` in its `platform.ts`: 5, 5 and 2)');
    expect(read('lib/constructs/webhook-api.ts')).toContain('webhook: { rateLimit: 20, burstLimit: 50 }');
    expect(document).toContain('A route takes 20 webhooks a second, 50 at once');
    expect(read('lib/constructs/erp-api.ts')).toContain('read: { rateLimit: 10, burstLimit: 20 }');
    expect(document).toContain('A route of the API takes 10 requests a second, 20 at once');
    expect(FEED_PARTITION_EVENTS.toLocaleString('en')).toBe('10,000');
    expect(document).toContain('the partition of 10,000 events');
  });
});
