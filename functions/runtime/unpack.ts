import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Payload } from './messages.ts';

/** No payload of ours is larger once decompressed; a bound against a corrupted one. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The text of a payload was changed on its way: a bug of ours, never the platform's. */
export class PayloadDamaged extends Error {
  constructor(expected: string, found: string) {
    super(
      `a queue payload does not have the hash it was sent with (expected sha256 ${expected}, found ${found})`,
    );
    this.name = 'PayloadDamaged';
  }
}

/**
 * Gives back the bytes that `pack` was given. `whole` is one payload, or all parts in order joined by `joinParts`.
 *
 * @throws PayloadDamaged when the hash does not match.
 */
export function unpack(whole: Payload): Uint8Array {
  const bytes = decode(whole);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== whole.sha256) throw new PayloadDamaged(whole.sha256, found);
  return bytes;
}

function decode({ encoding, data }: Payload): Uint8Array {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(data, 'utf8');
    case 'base64':
      return Buffer.from(data, 'base64');
    case 'gzip+base64':
      return gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: MAX_BYTES });
  }
}
