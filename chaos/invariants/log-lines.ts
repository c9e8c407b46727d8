import type { FunctionLog, Log } from '../../functions/runtime/telemetry.ts';
import { tells } from './history.ts';

/** Keeps what functions log, and looks through it for what must never be there. */
export interface LogLines {
  log(name: string): FunctionLog;
  /** The first line of each forbidden text that was found; the text itself is not repeated. */
  holding(forbidden: Iterable<string>): string[];
}

export function createLogLines(): LogLines {
  let lines: string[] = [];
  return {
    log(name) {
      const write =
        (level: string): Log['info'] =>
        (message, fields = {}) =>
          void lines.push(JSON.stringify({ level, name, message, ...fields }));
      return {
        begin: () => {},
        debug: write('debug'),
        info: write('info'),
        warn: write('warn'),
        error: write('error'),
      };
    },
    holding(forbidden) {
      const text = lines.join('\n');
      lines = [];
      const found: string[] = [];
      for (const word of forbidden) {
        if (!tells(text, word)) continue;
        const at = text.indexOf(word);
        const line = text.slice(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at));
        found.push(line.replaceAll(word, '<forbidden>').slice(0, 200));
      }
      return found;
    },
  };
}
