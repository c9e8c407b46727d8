interface Level {
  /** Of an object, the keys that it had until here; undefined in a list. */
  keys: Set<string> | undefined;
  /** The key, or the place in the list, that comes now. */
  at: string | number;
}

/**
 * The keys that an object of a JSON text has twice, with the way to each. JSON.parse takes the last and says nothing, so of a
 * platform that is written twice the stores of the first would be left out.
 *
 * @param text valid JSON
 */
export function repeatedKeys(text: string): string[] {
  const repeated: string[] = [];
  const levels: Level[] = [];
  let isKey = false;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') levels.push({ keys: token === '{' ? new Set() : undefined, at: 0 });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && typeof level?.at === 'number') level.at += 1;
    else if (isKey && level?.keys !== undefined && token.startsWith('"')) {
      level.at = String(JSON.parse(token));
      if (level.keys.has(level.at)) repeated.push(levels.map(({ at }) => at).join('.'));
      level.keys.add(level.at);
    }
    isKey = token === '{' || token === ',';
  }
  return repeated;
}
