import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES, type Payload } from '../../functions/runtime/messages.ts';
import { pack } from '../../functions/runtime/pack.ts';
import { PayloadDamaged, unpack } from '../../functions/runtime/unpack.ts';

const joined = (parts: Payload[]): Payload => {
  const [first] = parts;
  return { encoding: first!.encoding, sha256: first!.sha256, data: parts.map((part) => part.data).join('') };
};

describe('pack', () => {
  it('leaves a small text readable', () => {
    const [payload] = pack(Buffer.from('{"id":1}'));

    expect(payload).toMatchObject({ encoding: 'utf8', data: '{"id":1}' });
  });

  it('carries bytes that are no text', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x7b]);

    expect(Buffer.from(unpack(pack(bytes)[0]!))).toEqual(bytes);
  });

  it('splits what does not fit one message even when compressed, without loss', () => {
    // Prepare
    const bytes = randomBytes(1024 * 1024);

    // Act
    const parts = pack(bytes);

    // Assess
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => ({ index, count: parts.length })));
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(MAX_MESSAGE_BYTES);
    expect(Buffer.from(unpack(joined(parts)))).toEqual(bytes);
  });

  it('gives back any bytes exactly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40_000 }), (bytes) => {
        const parts = pack(bytes);
        const whole = parts.length === 1 ? parts[0]! : joined(parts);
        expect(Buffer.from(unpack(whole))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('notices a payload that was changed on its way', () => {
    const [payload] = pack(Buffer.from('{"id":1}'));

    expect(() => unpack({ ...payload!, data: '{"id":2}' })).toThrow(PayloadDamaged);
  });
});
