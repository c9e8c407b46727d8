import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ErpKind, erpPartitions } from '../../functions/storage/erp-keys.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const page = read('docs/security.md');

const promises = [...page.matchAll(/^\| (.+?) \| `(test\/[\w./-]+\.test\.ts)`: (.+?) \|$/gm)].map(
  ([, promise = '', file = '', title = '']) => ({ promise, file, title }),
);
const files = [...new Set([...page.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file = '']) => file))];

/** All of them, which the compiler sees to. */
const ERP_KINDS: Record<ErpKind, true> = {
  feed: true,
  feedPointer: true,
  catchUp: true,
  endpoint: true,
  endpointAside: true,
  idempotency: true,
  stockZeroed: true,
};

describe('the page about security', () => {
  it('makes promises', () => {
    expect(promises.length).toBeGreaterThanOrEqual(25);
  });

  it.each(promises)('names the test of each: $promise', ({ file, title }) => {
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(title.length, 'a title, not a word of it').toBeGreaterThan(12);
    expect(read(file).replaceAll("\\'", "'")).toContain(title);
  });

  it.each(files)('names no file that is not there: %s', (file) => {
    expect(existsSync(join(root, file))).toBe(true);
  });

  it.each(['row', 'lines#', 'raw#', 'command#', 'command-id#', 'commands'])(
    'says how long the orders table keeps `%s`',
    (kind) => {
      expect(page).toMatch(new RegExp(`^\\|.*orders table,.*\`${kind}\`.*\\|`, 'm'));
    },
  );

  it.each(Object.keys(ERP_KINDS).map((kind) => erpPartitions(kind as ErpKind)[0] ?? ''))(
    'says how long the control table keeps `%s`',
    (kind) => {
      expect(page).toMatch(new RegExp(`^\\|.*control table,.*\`${kind}#?\`.*\\|`, 'm'));
    },
  );

  it('says what data is kept, and how to report a vulnerability; SECURITY.md leads to it', () => {
    expect(page).toMatch(/^## Data kept where and how long$/m);
    expect(page).toMatch(/^## Report a vulnerability$/m);
    expect(read('SECURITY.md')).toContain('(docs/security.md)');
  });
});
