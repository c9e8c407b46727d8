import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/content-hash.ts';

/**
 * An id for a record that has none: `synthetic-` and the SHA-256 (hex) of its canonical JSON, so that the same record
 * always meets the same row, in whatever order its keys come. Text (a record that cannot be parsed) is hashed as it is.
 */
export function syntheticId(record: unknown): string {
  const text = typeof record === 'string' ? record : canonicalJson(record);
  return `synthetic-${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}
