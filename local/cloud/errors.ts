/** What went wrong, as a word that a caller can compare. */
export type LocalCloudErrorId =
  | 'assembly-missing'
  | 'assembly-unreadable'
  | 'bundle-missing'
  | 'port-in-use'
  | 'data-unusable'
  | 'unknown-resource-type'
  | 'unknown-property'
  | 'unknown-intrinsic'
  | 'unknown-attribute'
  | 'unresolved-reference'
  | 'unknown-reference'
  | 'ambiguous-reference'
  | 'unsupported-policy'
  | 'deployment-refused'
  | 'not-idle'
  | 'function-failed'
  | 'unknown-variable';

/**
 * An error of the local cloud itself, not of the code that runs in it. The message says what happened, why, and what to
 * do next; `id` names the case.
 */
export class LocalCloudError extends Error {
  readonly id: LocalCloudErrorId;

  constructor(id: LocalCloudErrorId, message: string, options?: ErrorOptions) {
    super(`${message} [${id}]`, options);
    this.name = 'LocalCloudError';
    this.id = id;
  }
}

/**
 * An error that a service answers to its caller, in that service's own terms: `code` is the error name that an SDK
 * shows, `status` the HTTP status.
 */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
