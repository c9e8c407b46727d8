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
  if (itemBytes(item) > MAX_ITEM_BYTES)
    throw refusal('ValidationException', 'Item size has exceeded the maximum allowed size');
  checkNumbers(item);
}

function checkNumbers(value: unknown): void {
  if (typeof value === 'number') {
    if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER))
      throw new Error('a number is greater than Number.MAX_SAFE_INTEGER, or none at all');
    if (value !== 0 && Math.abs(value) < LEAST)
      throw refusal(
        'ValidationException',
        'Number underflow. Attempting to store a number that is too small',
      );
  } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
    for (const inner of Object.values(value)) checkNumbers(inner);
}

/** Refuses a message that the queue refuses. @throws Error by SQS's own name. */
export function checkMessage(body: string): void {
  if (!CARRIED.test(body))
    throw refusal('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
    throw refusal('InvalidParameterValue', `Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`);
}
