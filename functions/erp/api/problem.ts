import { OwnError } from '../../runtime/describe-error.ts';

/**
 * What the caller may do with a request that failed. `after`: send it again after `Retry-After`; `same-key`: again with the
 * same Idempotency-Key, because it may have been worked on; `new-key`: under another key. Absent: not as it is.
 */
export type RetryAdvice = 'after' | 'same-key' | 'new-key';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly retry?: RetryAdvice;
}

/** Every problem that the API answers with. What a caller branches on is the name, which never changes its meaning. */
export const PROBLEMS = {
  'route-unknown': { status: 404, title: 'There is no such route' },
  'method-not-allowed': { status: 405, title: 'The route does not take this method' },
  'token-missing': { status: 401, title: 'The request carries no token' },
  'token-malformed': { status: 401, title: 'The Authorization header holds no token' },
  'token-unknown': { status: 401, title: 'The token is unknown or was revoked' },
  'scope-missing': { status: 403, title: 'The token lacks a scope' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'body-type': { status: 415, title: 'The body is not sent as JSON' },
  'body-not-json': { status: 400, title: 'The body is not a JSON document' },
  'field-named-twice': { status: 400, title: 'An object of the body names a field twice' },
  'request-invalid': { status: 422, title: 'Fields of the request are wrong' },
  'cursor-invalid': { status: 400, title: 'The cursor is none of ours' },
  'cursor-of-other-filters': { status: 400, title: 'The cursor belongs to other filters' },
  'cursor-expired': { status: 410, title: 'The cursor is older than what is kept' },
  'feed-reset': { status: 410, title: 'The feed began anew' },
  'order-unknown': { status: 404, title: 'There is no such order' },
  'product-unknown': { status: 404, title: 'There is no such product' },
  'customer-unknown': { status: 404, title: 'There is no such customer' },
  'location-unknown': { status: 404, title: 'There is no such location' },
  'location-ambiguous': { status: 409, title: 'Several locations have the name' },
  'plan-limit': { status: 422, title: 'The plan of the store does not allow it' },
  'version-ahead': { status: 409, title: 'The order has not reached that version' },
  'command-refused': { status: 422, title: 'The command cannot be carried out' },
  'command-id-reused': {
    status: 422,
    title: 'The id was used for another command',
    retry: 'new-key',
  },
  'command-unknown': { status: 404, title: 'There is no such command' },
  'version-mismatch': { status: 409, title: 'The order has another version' },
  'stock-off': { status: 409, title: 'The merchant has no stock in its configuration' },
  'stock-not-owner': { status: 403, title: 'Another client says how many there are' },
  'stock-of-platform': { status: 409, title: 'A platform says how many there are' },
  'mass-zero': { status: 409, title: 'So many SKUs go to zero that somebody has to confirm it' },
  'sku-unknown': { status: 404, title: 'Nobody has told of the SKU' },
  'idempotency-key-reused': {
    status: 422,
    title: 'The key was used for another request',
    retry: 'new-key',
  },
  'idempotency-key-running': {
    status: 409,
    title: 'The first request with the key is still running',
    retry: 'same-key',
  },
  'store-unknown': { status: 404, title: 'The merchant has no such store' },
  'endpoint-unknown': { status: 404, title: 'The platform has no such call' },
  'endpoint-kept': { status: 403, title: 'The call is not passed on' },
  'platform-refused': { status: 422, title: 'The platform refuses the call' },
  'answer-too-large': { status: 422, title: "The platform's answer is too large" },
  'platform-stopped': { status: 503, title: 'Calls to the platform are stopped', retry: 'after' },
  'platform-busy': { status: 503, title: 'The platform takes no call now', retry: 'after' },
  'outcome-unknown': { status: 504, title: 'Nobody knows whether it happened', retry: 'new-key' },
  unavailable: { status: 503, title: 'A part that is needed does not answer now', retry: 'after' },
  internal: { status: 500, title: 'We made a mistake', retry: 'same-key' },
} as const satisfies Record<string, ProblemKind>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Problems that every route may answer with. */
export const FRAME_PROBLEMS: readonly ProblemCode[] = [
  'token-missing',
  'token-malformed',
  'token-unknown',
  'unavailable',
  'internal',
];

/** Problems of a route that takes a body, before its fields are looked at. */
export const BODY_PROBLEMS = [
  'body-too-large',
  'body-type',
  'body-not-json',
  'field-named-twice',
] as const satisfies readonly ProblemCode[];

/** Where the problems are explained; `type` of a problem is this and the code. */
export const PROBLEM_PAGE = 'https://github.com/acopio/acopio/blob/main/docs/api.md#problem-';

/** What is wrong with one field. `pointer`: a JSON Pointer into `{path, query, headers, body}` of the request. */
export interface FieldProblem {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

interface ProblemDetails {
  /** One sentence of ours: what is wrong and what to do. Never a value of the request, nor of what is stored. */
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly retryAfter?: number;
  /** What the caller needs to go on, such as the version that there is; `retry` where the work knows better than its kind. */
  readonly members?: Readonly<Record<string, string | number>>;
}

/** The request is not answered as it was asked. */
export class Problem extends OwnError {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails) {
    super(`${code}: ${details.detail}`);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  /** As it is answered: RFC 9457, and the headers that belong to it. */
  answer(requestId: string): { status: number; headers: Record<string, string>; body: object } {
    const { status, title, retry }: ProblemKind = PROBLEMS[this.code];
    const { detail, errors, headers, retryAfter, members } = this.details;
    return {
      status,
      headers: {
        'content-type': 'application/problem+json',
        ...headers,
        ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      },
      body: {
        type: `${PROBLEM_PAGE}${this.code}`,
        title,
        status,
        code: this.code,
        detail,
        ...(errors === undefined ? {} : { errors }),
        requestId,
        ...(retry === undefined ? {} : { retry }),
        ...members,
      },
    };
  }
}

/** By its name: the files that are loaded later have a class of their own. */
export const isProblem = (error: unknown): error is Problem =>
  error instanceof Error && error.name === 'Problem';
