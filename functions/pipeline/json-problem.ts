/** Deeper than any document a platform sends; a bound for whoever reads it later. */
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Why bytes are not a JSON document that we take on; `undefined` when they are one. Looks at form only. */
export function jsonProblem(body: Uint8Array): string | undefined {
  if (body.byteLength === 0) return 'the body is empty';
  if (depth(body) > MAX_DEPTH) return `the body is nested deeper than ${MAX_DEPTH} levels`;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return 'the body is not UTF-8';
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    // The parser's own message quotes the body.
    return 'the body is not JSON';
  }
}

function depth(body: Uint8Array): number {
  let open = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < body.byteLength; at += 1) {
    const byte = body[at] ?? 0;
    if (quoted) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (OPENING.has(byte)) deepest = Math.max(deepest, ++open);
    else if (CLOSING.has(byte)) open -= 1;
  }
  return deepest;
}
