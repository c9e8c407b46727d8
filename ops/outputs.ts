import * as z from 'zod';
import { PLACE_OUTPUTS, stackNames } from '../config/output-names.ts';
import { NotUtf8, readText } from '../config/text-file.ts';
import { EXIT } from './exit.ts';

/** Something the operator can put right: shown as its message alone. It says what is wrong and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  /** With which the program ends. */
  readonly exit: number;

  constructor(message: string, exit: number = EXIT.couldNotRun) {
    super(message);
    this.exit = exit;
  }
}

/** What a command names is not there. */
export const notFound = (message: string): OperatorError => new OperatorError(message, EXIT.needsPerson);

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

/** The outputs of one merchant's stacks, by name. @throws OperatorError for one that they lack. */
export type Outputs = (name: string) => string;

/** The same of an output that older deployments lack. */
export function outputIfAny(outputs: Outputs, name: string): string | undefined {
  try {
    return outputs(name);
  } catch {
    return undefined;
  }
}

/**
 * Reads the outputs of one merchant's stacks from a file: the one that a deployment wrote, or the answer of
 * `aws cloudformation describe-stacks`. The file may hold other merchants' stacks, whose names begin alike. Later stacks
 * win where two have an output of one name.
 *
 * @throws OperatorError saying how to get the file, also when the stacks say that they are another merchant's.
 */
export function readOutputs(file: string, merchant: string): Outputs {
  const how =
    `Write it with "npm run deploy -- --merchant ${merchant}" or with ` +
    `"aws cloudformation describe-stacks > ${file}", and name it with --outputs.`;
  let json: unknown;
  try {
    json = JSON.parse(readText(file));
  } catch (error) {
    // As PowerShell writes what a command answers.
    if (error instanceof NotUtf8) throw new OperatorError(`${file} ${error.message}. ${how}`);
    throw new OperatorError(`${file} is missing or not JSON. ${how}`);
  }
  return outputsIn(json, file, merchant, how);
}

/** The same of outputs at hand. @param where they are from, as messages name it */
export function outputsIn(json: unknown, file: string, merchant: string, how: string): Outputs {
  const read = z.union([fromDescribe, fromDeploy]).safeParse(json);
  if (!read.success) throw new OperatorError(`${file} does not hold the outputs of stacks. ${how}`);
  const names = stackNames(merchant);
  const values = names.flatMap((name) => Object.entries(read.data[name] ?? {}));
  if (!names.some((name) => Object.hasOwn(read.data, name)))
    throw new OperatorError(`${file} holds no stack of merchant "${merchant}" (${names.join(', ')}). ${how}`);
  const outputs = new Map(values);
  const output: Outputs = (name) => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new OperatorError(`${file} lacks the output ${name}: it is of an older deployment. ${how}`);
  };
  const recorded = output(PLACE_OUTPUTS.merchant);
  if (recorded === merchant) return output;
  throw new OperatorError(
    `${file} names the stacks of merchant "${merchant}", and they say that they are of "${recorded}". ${how}`,
  );
}
