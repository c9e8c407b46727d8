/** What is known about a call when its conditions are judged: condition key in lower case -> values. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

/** Condition keys that the gateway can fill in. */
export const KNOWN_KEYS: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'dynamodb:leadingkeys',
]);

type Operator = (actual: string, expected: string) => boolean;

const equals: Operator = (actual, expected) => actual === expected;
const like: Operator = (actual, expected) => matchesPattern(actual, expected);
const ignoreCase: Operator = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();

/** Operators that hold when no value matches. */
const NEGATED: Readonly<Record<string, Operator>> = {
  StringNotEquals: equals,
  StringNotEqualsIgnoreCase: ignoreCase,
  StringNotLike: like,
  ArnNotEquals: like,
  ArnNotLike: like,
};
const POSITIVE: Readonly<Record<string, Operator>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: ignoreCase,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: ignoreCase,
};

export const CONDITION_OPERATORS: ReadonlySet<string> = new Set([
  ...Object.keys(POSITIVE),
  ...Object.keys(NEGATED),
  'Null',
]);

/** Does a whole text match a pattern in which `*` stands for any text and `?` for one character? */
export function matchesPattern(text: string, pattern: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]');
  return new RegExp(`^${escaped}$`).test(text);
}

/** Do all conditions of a statement hold? (IAM user guide, page "Condition operators".) */
export function conditionsHold(
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  context: RequestContext,
): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => holds(operator, context[key.toLowerCase()], expected)),
  );
}

function holds(
  operator: string,
  actual: readonly string[] | undefined,
  expected: readonly string[],
): boolean {
  const name = operator.replace(/^ForA(ny|ll)Values?:/, '').replace(/IfExists$/, '');
  if (name === 'Null') return expected.some((value) => (value === 'true') === (actual === undefined));
  const missing = actual === undefined || actual.length === 0;
  if (missing) {
    return operator.endsWith('IfExists') || operator.startsWith('ForAllValues:') || name in NEGATED;
  }
  const positive = POSITIVE[name];
  const negative = NEGATED[name];
  const one = (value: string): boolean =>
    positive
      ? expected.some((wanted) => positive(value, wanted))
      : negative !== undefined && !expected.some((wanted) => negative(value, wanted));
  return operator.startsWith('ForAnyValue:') ? actual.some(one) : actual.every(one);
}
