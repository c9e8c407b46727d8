/** One line on a terminal that is written over; nothing where nobody looks. */
export function progressLine(quiet: boolean): { show(text: string): void; end(): void } {
  const { stderr } = process;
  const visible = stderr.isTTY && !quiet;
  return {
    show: (text) => void (visible && stderr.write(`\r\u001b[2K${text}`)),
    end: () => void (visible && stderr.write('\r\u001b[2K')),
  };
}
