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

/** Whether no part of a JSON text stands in more than `most` lists and objects. Asks whether it is JSON of nobody. */
export function nestsWithin(text: string, most: number): boolean {
  if (opensWithin(text, most)) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at];
    if (mark === '"') at = skipString(text, at) - 1;
    else if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (depth > most) return false;
  }
  return true;
}

/** Most documents have so few lists and objects that nobody has to look how they stand in each other. */
function opensWithin(text: string, most: number): boolean {
  let left = most;
  for (const mark of '[{')
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1))
      if (left-- === 0) return false;
  return true;
}
