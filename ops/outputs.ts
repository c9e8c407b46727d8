import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** Something the operator can put right: shown as its message alone. It says what is wrong and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** Values of a stack's outputs by name, by the stack's name. */
type StackOutputs = Record<string, Record<string, string>>;

/** What `cdk deploy --outputs-file` writes. */
const fromDeploy = z.record(z.string(), z.record(z.string(), z.string()));
/** What `aws cloudformation describe-stacks` answers. */
const fromDescribe = z
  .object({
    Stacks: z.array(
      z.object({
        StackName: z.string(),
        Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })).default([]),
      }),
    ),
  })
  .transform(
    ({ Stacks }): StackOutputs =>
      Object.fromEntries(
        Stacks.map(({ StackName, Outputs }) => [
          StackName,
          Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
        ]),
      ),
  );

/**
 * Reads the outputs of one merchant's stacks from a file: the one that a deployment wrote, or the answer of
 * `aws cloudformation describe-stacks`. Later stacks win where two have an output of one name.
 *
 * @throws OperatorError saying how to get the file.
 */
export function readOutputs(file: string, merchant: string): (name: string) => string {
  const how =
    `Write it with "npm run deploy -- -c merchant=${merchant}" or with ` +
    `"aws cloudformation describe-stacks > ${file}", and name it with --outputs.`;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new OperatorError(`${file} is missing or not JSON. ${how}`);
  }
  const read = z.union([fromDescribe, fromDeploy]).safeParse(json);
  if (!read.success) throw new OperatorError(`${file} does not hold the outputs of stacks. ${how}`);
  const prefix = `Acopio-${merchant}-`;
  const stacks = Object.entries(read.data).filter(([stack]) => stack.startsWith(prefix));
  if (stacks.length === 0)
    throw new OperatorError(`${file} holds no stack of merchant "${merchant}" (${prefix}...). ${how}`);
  const outputs = new Map(stacks.flatMap(([, values]) => Object.entries(values)));
  return (name) => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new OperatorError(`${file} lacks the output ${name}: it is of an older deployment. ${how}`);
  };
}
