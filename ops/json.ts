import { NotUtf8, readText } from '../config/text-file.ts';
import { OperatorError } from './outputs.ts';

/** Undefined where a text is not JSON. The parser's message quotes the text, which may be a secret. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/**
 * What an option says, as JSON or as `@` and a file with it; undefined where that is not JSON.
 *
 * @throws OperatorError naming a file that cannot be read
 */
export function jsonGiven(text: string): unknown {
  if (!text.startsWith('@')) return jsonOf(text);
  const file = text.slice(1);
  try {
    return jsonOf(readText(file));
  } catch (error) {
    if (error instanceof NotUtf8) throw new OperatorError(`${file} ${error.message}. Nothing was done.`);
    throw new OperatorError(`The file ${file} cannot be read. Nothing was done.`);
  }
}
