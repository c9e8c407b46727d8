/** Prints a result as JSON, or as the lines that a person reads. */
export function print(json: boolean, result: object, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${lines.join('\n')}\n`);
}

/** One line for each, columns in line. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
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

/** A command as a person types it. */
export const command = ({ merchant }: { merchant: { name: string } }, words: string): string =>
  `npx acopio --merchant ${merchant.name} ${words}`;
