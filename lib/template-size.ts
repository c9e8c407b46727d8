import * as z from 'zod';

/**
 * How long a value of a template is going to be, in characters. What is only known when it is deployed is taken at its
 * longest: names that CloudFormation makes are `<stack>-<logical id>-<12 or 13 characters>`, and an ARN has up to 60 before that.
 */
const LONGEST_STACK_NAME = 'Acopio--Integration'.length + 31;
const MADE_UP = 14;
const ARN = 60;
const PSEUDO: Readonly<Record<string, number>> = {
  'AWS::AccountId': 12,
  'AWS::Region': 14,
  'AWS::Partition': 6,
  'AWS::URLSuffix': 16,
};

const join = z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });
const reference = z.strictObject({ Ref: z.string() });
const attribute = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });
const imported = z.strictObject({ 'Fn::ImportValue': z.string() });

/** The length of a value; of an object, as JSON. */
export function sizeOf(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  const known = intrinsic(value);
  if (known !== undefined) return known;
  const entries = Object.entries(value);
  const separators = 2 + Math.max(0, entries.length - 1);
  if (Array.isArray(value)) return entries.reduce((sum, [, one]) => sum + sizeOf(one) + 2, separators);
  return entries.reduce((sum, [name, one]) => sum + name.length + 5 + sizeOf(one), separators);
}

function intrinsic(value: object): number | undefined {
  const joined = join.safeParse(value);
  if (joined.success) {
    const [by, parts] = joined.data['Fn::Join'];
    return parts.reduce<number>((sum, part) => sum + sizeOf(part), by.length * Math.max(0, parts.length - 1));
  }
  const ref = reference.safeParse(value);
  if (ref.success) return PSEUDO[ref.data.Ref] ?? LONGEST_STACK_NAME + ref.data.Ref.length + MADE_UP;
  const got = attribute.safeParse(value);
  if (got.success) return ARN + LONGEST_STACK_NAME + got.data['Fn::GetAtt'][0].length + MADE_UP;
  const from = imported.safeParse(value);
  // The export is named after the resource's logical id and a hash; a secret's ARN has no stack's name in it.
  if (from.success)
    return ARN + from.data['Fn::ImportValue'].replace(/^.*ExportsOutput(Ref|FnGetAtt)/, '').length + MADE_UP;
  // Whatever else there is cuts something out of an ARN.
  return Object.keys(value).some((key) => key.startsWith('Fn::')) ? ARN + LONGEST_STACK_NAME : undefined;
}
