import { readFileSync } from 'node:fs';
import { strictTextOf } from '../functions/http/answer.ts';

/** A file is there and is no text in UTF-8. The message goes behind the file's name. */
export class NotUtf8 extends Error {
  constructor() {
    super('is not UTF-8: save it as UTF-8, not as Latin-1, Windows-1252 or UTF-16');
    this.name = 'NotUtf8';
  }
}

/**
 * The text of a file that a person wrote. The byte-order mark with which editors of Windows begin a file is none of it.
 *
 * @throws NotUtf8 where its letters would be others than the person wrote; what the file system says where it cannot be read
 */
export function readText(file: string): string {
  const text = strictTextOf(readFileSync(file));
  if (text === undefined) throw new NotUtf8();
  return text;
}
