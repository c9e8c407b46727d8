import { vi } from 'vitest';
import * as z from 'zod';
import { DRY_RUN } from '../../ops/print.ts';

/** What a dry run says to a program: that it was one, and what it would have done. */
export const planned = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject({ dryRun: z.literal(true), ...shape });

/** Runs a command twice, for a person and for a program, and answers what it printed. */
export async function dryRunOf(command: (shared: { dryRun: true; json: boolean }) => Promise<number>) {
  let out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const printedBy = async (json: boolean) => {
    out = '';
    const code = await command({ dryRun: true, json });
    return { code, out };
  };
  const person = await printedBy(false);
  const program = await printedBy(true);
  vi.mocked(process.stdout.write).mockRestore();
  return {
    codes: [person.code, program.code],
    text: person.out,
    said: JSON.parse(program.out) as unknown,
    endsAsDryRun: person.out.endsWith(`${DRY_RUN}\n`),
  };
}
