import { ServiceError } from '../errors.ts';
import { asObject, asText, isObject } from '../json.ts';

/** dynalite's errors carry a body such as `{"__type":"com.amazon...#Code","message":"..."}`. */
export function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const body =
    isObject(error) || error instanceof Error ? asObject('body' in error ? error.body : undefined) : {};
  const type = asText(body.__type);
  if (type === undefined) throw error;
  return new ServiceError(type.replace(/^.*#/, ''), String(body.message ?? body.Message ?? ''));
}
