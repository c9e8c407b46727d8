import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { MAX_MESSAGE_BYTES, type Payload } from './messages.ts';

/** Room that the rest of a message (ids, times, part numbers) may take, in bytes. */
const ENVELOPE_BYTES = 2048;
const ROOM = MAX_MESSAGE_BYTES - ENVELOPE_BYTES;
/** Below this, compressing costs more time than it saves in queue price. */
const WORTH_COMPRESSING = 16 * 1024;

/**
 * Puts bytes into as few queue messages as they fit, without loss: as text when they are small, compressed when they are
 * large, in parts when they do not fit even then. `sha256` is of the bytes given.
 */
export function pack(bytes: Uint8Array): Payload[] {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const encoded = encode(bytes);
  if (encodedSize(encoded) <= ROOM) return [{ ...encoded, sha256 }];
  const count = Math.ceil(encoded.data.length / ROOM);
  return Array.from({ length: count }, (_, index) => ({
    encoding: encoded.encoding,
    data: encoded.data.slice(index * ROOM, (index + 1) * ROOM),
    sha256,
    part: { index, count },
  }));
}

function encode(bytes: Uint8Array): Pick<Payload, 'encoding' | 'data'> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength > WORTH_COMPRESSING)
    return { encoding: 'gzip+base64', data: gzipSync(buffer).toString('base64') };
  const text = buffer.toString('utf8');
  const lossless = Buffer.from(text, 'utf8').equals(buffer);
  return lossless
    ? { encoding: 'utf8', data: text }
    : { encoding: 'base64', data: buffer.toString('base64') };
}

// Only text needs measuring as JSON: quotes and control characters grow when escaped, base64 does not.
function encodedSize({ encoding, data }: Pick<Payload, 'encoding' | 'data'>): number {
  return encoding === 'utf8' ? Buffer.byteLength(JSON.stringify(data)) : data.length;
}
