const BACKSLASH = 92;

/**
 * Where the text goes on behind the JSON string that begins at `start`; at its own end, where the string never ends. It looks at quotes
 * alone, of which a string has two: most of a document are the characters between them.
 */
export function skipString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let from = at;
    while (text.charCodeAt(from - 1) === BACKSLASH) from -= 1;
    if ((at - from) % 2 === 0) return at + 1;
  }
  return text.length;
}
