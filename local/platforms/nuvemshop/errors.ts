import type { SimResponse } from '../simulator.ts';

const messages: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** Ends a call with one of the platform's error bodies. */
export class ApiError extends Error {
  readonly response: SimResponse;
  constructor(response: SimResponse) {
    super(`HTTP ${response.status}`);
    this.response = response;
  }
}

/** The envelope that most errors use: `code`, `message`, `description`, and now and then more. */
export function envelope(status: number, description: string | null, extra: object = {}): SimResponse {
  return { status, body: { code: status, message: messages[status] ?? 'Error', description, ...extra } };
}

/** An error with the envelope. */
export function fail(status: number, description: string | null, extra: object = {}): ApiError {
  return new ApiError(envelope(status, description, extra));
}

/** A 422 with the older body: the field's name and what is wrong with it. */
export function invalid(fields: Readonly<Record<string, readonly string[]>>): ApiError {
  return new ApiError({ status: 422, body: fields });
}

/** A 422 with both: envelope and fields. */
export function invalidHybrid(fields: Readonly<Record<string, readonly string[]>>): ApiError {
  return fail(422, 'Validation error', fields);
}

/** An error of the fulfillment-order pages: `description` and `message`, or `messages` by field. */
export function fulfilmentError(status: number, message: string): ApiError {
  return new ApiError({ status, body: { description: messages[status] ?? 'Error', message } });
}

/** The 404 of a resource that does not exist. */
export function notFound(description: string | null = null): ApiError {
  return fail(404, description);
}
