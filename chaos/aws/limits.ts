import { itemBytes } from '../../functions/storage/dynamodb.ts';
import type { Attributes } from './expression.ts';

/** The service's own bounds of an item and of a message, in bytes. */
const MAX_ITEM_BYTES = 400 * 1024;
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** What a message may hold. (SQS API reference, SendMessage.) */
const CARRIED = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
/** The smallest number that a table holds, beside zero. */
const LEAST = 1e-130;

const refusal = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/**
 * Refuses an item that the service, or the client in front of it, refuses.
 *
 * @throws Error as the client throws it.
 */
export function checkItem(item: Attributes): void {
  // A test holds this count against the one of the local cloud.
  if (checkedBound(item) > MAX_ITEM_BYTES && itemBytes(item) > MAX_ITEM_BYTES)
    throw refusal('ValidationException', 'Item size has exceeded the maximum allowed size');
}

/** More bytes than a value of these kinds takes, or as many, with what separates it from its neighbours. */
const NUMBER_BYTES = 22;
const LEAST_BYTES = 4;
const MOST_BYTES_OF_A_CHARACTER = 3;

/** Checks every number, and tells quickly how large a value is at most (bytes): hardly one is worth counting. */
function checkedBound(value: unknown): number {
  if (typeof value === 'string') return LEAST_BYTES + MOST_BYTES_OF_A_CHARACTER * value.length;
  if (typeof value === 'number') {
    checkNumber(value);
    return NUMBER_BYTES;
  }
  if (typeof value !== 'object' || value === null) return LEAST_BYTES;
  if (value instanceof Uint8Array) return LEAST_BYTES + value.byteLength;
  let bound = LEAST_BYTES;
  for (const [name, inner] of Object.entries(value))
    bound += MOST_BYTES_OF_A_CHARACTER * name.length + checkedBound(inner);
  return bound;
}

function checkNumber(value: number): void {
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER))
    throw new Error('a number is greater than Number.MAX_SAFE_INTEGER, or none at all');
  if (value !== 0 && Math.abs(value) < LEAST)
    throw refusal('ValidationException', 'Number underflow. Attempting to store a number that is too small');
}

/** Refuses a message that the queue refuses. @throws Error by SQS's own name. */
export function checkMessage(body: string): void {
  if (!CARRIED.test(body))
    throw refusal('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
    throw refusal('InvalidParameterValue', `Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`);
}
