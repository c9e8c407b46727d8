import { EXIT } from './exit.ts';

/** Prints a result as JSON, or as the lines that a person reads. */
export function print(json: boolean, result: object, lines: readonly string[]): void {
  process.stdout.write(`${json ? JSON.stringify(result) : lines.map(withoutControls).join('\n')}\n`);
}

/** What ends the lines of every dry run. */
export const DRY_RUN = 'Dry run, nothing was written or sent.';

/** Prints what a dry run would have done, for a person in one or more lines. Answers its exit code. */
export function printDryRun(json: boolean, plan: object, ...lines: readonly string[]): number {
  print(json, { dryRun: true, ...plan }, [...lines, DRY_RUN]);
  return EXIT.done;
}

/**
 * A line as a terminal takes it for text: an order's id, or what an endpoint answers, may hold characters by which a terminal
 * is told to do something.
 */
export const withoutControls = (line: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');

/** One line for each, columns in line. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    rows.reduce((most, row) => Math.max(most, row[at]?.length ?? 0), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The same, as part of something longer. */
export const indented = (rows: readonly (readonly string[])[]): string[] =>
  columns(rows).map((line) => `  ${line}`);

/** A length of time (ms) as a person says it. */
export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

/** A command as a person types it. */
export const command = ({ merchant }: { merchant: { name: string } }, words: string): string =>
  `npx acopio --merchant ${merchant.name} ${words}`;
