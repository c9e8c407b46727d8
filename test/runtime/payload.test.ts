import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_MESSAGE_BYTES,
  type Message,
  type Payload,
  PayloadDamaged,
  pack,
  serialise,
  unpack,
} from '../../functions/runtime/queue.ts';
import { refreshRequest } from '../storage/samples.ts';

const joined = (chunks: Payload[]): Payload => {
  const [first] = chunks;
  return {
    encoding: first!.encoding,
    sha256: first!.sha256,
    data: chunks.map((chunk) => chunk.data).join(''),
  };
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

  it.each(['\ufffe', '\uffff', 'a\u0000b', '\ufeff{"note":"\ufffe"}'])(
    'carries what no queue takes as it is (%j) as base64',
    (text) => {
      const [payload] = pack(Buffer.from(text));

      expect(payload?.encoding).toBe('base64');
      expect(Buffer.from(unpack(payload!)).toString()).toBe(text);
    },
  );

  it.each(['🇦🇷 😀', '\ufeff{}', 'tab\tand\r\nlines', '\u{10ffff}'])(
    'leaves text readable that a queue takes (%j)',
    (text) => {
      expect(pack(Buffer.from(text))[0]).toMatchObject({ encoding: 'utf8', data: text });
    },
  );

  it('splits what does not fit one message even when compressed, without loss', () => {
    // Arrange
    const bytes = randomBytes(1024 * 1024);

    // Act
    const chunks = pack(bytes);

    // Assert
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.map(({ chunk }) => chunk)).toEqual(
      chunks.map((_, index) => ({ index, count: chunks.length })),
    );
    for (const chunk of chunks)
      expect(Buffer.byteLength(JSON.stringify(chunk))).toBeLessThan(MAX_MESSAGE_BYTES);
    expect(Buffer.from(unpack(joined(chunks)))).toEqual(bytes);
  });

  it('gives back any bytes exactly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40_000 }), (bytes) => {
        const chunks = pack(bytes);
        const whole = chunks.length === 1 ? chunks[0]! : joined(chunks);
        expect(Buffer.from(unpack(whole))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('notices a payload that was changed on its way', () => {
    const [payload] = pack(Buffer.from('{"id":1}'));

    expect(() => unpack({ ...payload!, data: '{"id":2}' })).toThrow(PayloadDamaged);
  });
});

describe('a message', () => {
  /** SQS API reference, SendMessage. */
  const ALLOWED = /^[\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

  /** Any half of a character, and those that no queue takes more often than one in 65,536. */
  const anyUnit = fc
    .oneof({ weight: 9, arbitrary: fc.nat(0xffff) }, fc.constantFrom(0, 0xd800, 0xdfff, 0xfffe, 0xffff))
    .map((code) => String.fromCharCode(code));

  it('holds only what SQS takes, whatever its texts hold, and says the same when it is read', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyUnit }), (orderId) => {
        const message = { ...refreshRequest('c-1', 1), orderId };

        const body = serialise(message as Message);

        expect(body).toMatch(ALLOWED);
        expect(JSON.parse(body)).toEqual(message);
      }),
    );
  });
});
