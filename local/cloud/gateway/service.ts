import type { Permission, Principal } from '../iam/authorizer.ts';
import type { JsonObject } from '../json.ts';

/** A service behind the gateway. */
export interface Service {
  /** What a call needs to be allowed. */
  permissions(operation: string, input: JsonObject): Permission[];
  /** Carries the call out; throws ServiceError for what the service refuses. */
  handle(operation: string, input: JsonObject, caller: Principal): Promise<JsonObject>;
}
