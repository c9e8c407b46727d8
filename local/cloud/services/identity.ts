import { ServiceError } from '../errors.ts';
import type { Service } from '../gateway/service.ts';
import type { Permission, Principal } from '../iam/authorizer.ts';
import type { JsonObject } from '../json.ts';

/** The one thing that the security token service is asked here: who calls. */
export class IdentityService implements Service {
  readonly #account: string;

  constructor(account: string) {
    this.#account = account;
  }

  /** Nobody needs a permission to ask who they are. (STS reference, GetCallerIdentity.) */
  permissions(): Permission[] {
    return [];
  }

  async handle(operation: string, _input: JsonObject, caller: Principal): Promise<JsonObject> {
    if (operation !== 'GetCallerIdentity')
      throw new ServiceError('NotImplemented', `The local cloud has no sts:${operation}.`, 501);
    const { name, roleArn } = caller;
    const Arn =
      roleArn === undefined
        ? `arn:aws:iam::${this.#account}:user/${name}`
        : `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${name}`;
    return { Account: this.#account, Arn, UserId: name };
  }
}
