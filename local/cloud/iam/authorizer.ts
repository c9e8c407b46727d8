import { ServiceError } from '../errors.ts';
import { conditionsHold, matchesPattern, type RequestContext } from './conditions.ts';
import type { Statement } from './policy.ts';

/** Who makes a call: the administrator of the local cloud, or a role. */
export interface Principal {
  name: string;
  /** Undefined: allowed everything. */
  roleArn?: string;
  /** Id of what acts in the role, so that one function can lose a permission without another losing it. */
  actor?: string;
}

/** One thing that a call needs: an action such as `sqs:SendMessage` on one resource. */
export interface Permission {
  action: string;
  resource: string;
  context?: RequestContext;
}

/** One statement of a role's policy, and what calls needed of it. */
export interface Grant {
  readonly roleArn: string;
  readonly statement: Statement;
  /** Actions that calls were allowed by it. */
  readonly used: ReadonlySet<string>;
  /** Actions that calls were refused because it was withdrawn. */
  readonly refused: ReadonlySet<string>;
  /** Acts as if the policy did not have it, until the returned undo is called. */
  withdraw(): () => void;
}

/** Whether a statement counts, and what it was asked for. */
interface Attached {
  statement: Statement;
  used: Set<string>;
  refused: Set<string>;
  withdrawn: boolean;
}

/**
 * Judges calls by the policies of the caller's role and of the resource, as IAM does inside one account: an explicit
 * deny wins, otherwise one allow of either side is enough.
 */
export class Authorizer {
  readonly #identityPolicies = new Map<string, Attached[]>();
  readonly #resourcePolicies = new Map<string, Statement[]>();
  readonly #removed = new Map<string, Set<string>>();
  readonly #account: string;
  readonly #region: string;

  constructor(account: string, region: string) {
    this.#account = account;
    this.#region = region;
  }

  attach(roleArn: string, statements: readonly Statement[]): void {
    const attached = statements.map(
      (statement): Attached => ({ statement, used: new Set(), refused: new Set(), withdrawn: false }),
    );
    this.#identityPolicies.set(roleArn, [...(this.#identityPolicies.get(roleArn) ?? []), ...attached]);
  }

  attachToResource(resourceArn: string, statements: readonly Statement[]): void {
    this.#resourcePolicies.set(resourceArn, [
      ...(this.#resourcePolicies.get(resourceArn) ?? []),
      ...statements,
    ]);
  }

  /** Acts as if no policy allowed these actions (`*` is a wildcard) to this actor, until the returned undo is called. */
  remove(actor: string, action: string): () => void {
    const actions = this.#removed.get(actor) ?? new Set();
    this.#removed.set(actor, actions.add(action));
    return () => void actions.delete(action);
  }

  /** Every statement of every role. */
  grants(): Grant[] {
    return [...this.#identityPolicies].flatMap(([roleArn, statements]) =>
      statements.map((one) => ({
        roleArn,
        statement: one.statement,
        used: one.used,
        refused: one.refused,
        withdraw() {
          one.withdrawn = true;
          return () => {
            one.withdrawn = false;
          };
        },
      })),
    );
  }

  /** @throws ServiceError `AccessDenied` when one of the permissions is missing. */
  check(principal: Principal, permissions: readonly Permission[]): void {
    for (const permission of permissions) {
      const allowed = this.allows(principal, permission);
      this.#remember(principal, permission, allowed);
      if (allowed) continue;
      throw new ServiceError(
        'AccessDenied',
        `User: ${principal.roleArn?.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${principal.name} is ` +
          `not authorized to perform: ${permission.action} on resource: ${permission.resource} because no ` +
          'identity-based policy of its role allows it',
        403,
      );
    }
  }

  /** Whether a call would be allowed; one that only asks counts as no use. */
  allows(principal: Principal, permission: Permission): boolean {
    if (principal.roleArn === undefined) return true;
    const removed = this.#removed.get(principal.actor ?? '') ?? new Set<string>();
    if ([...removed].some((pattern) => matchesAction(permission.action, pattern))) return false;
    const context = this.#contextOf(principal.roleArn, permission);
    const own = this.#statementsFor(principal.roleArn, permission)
      .filter(({ withdrawn }) => !withdrawn)
      .map(({ statement }) => statement);
    const theirs = (this.#resourcePolicies.get(permission.resource) ?? []).filter(
      (s) => concerns(s, principal.roleArn, this.#account) && applies(s, permission, context),
    );
    const all = [...own, ...theirs];
    return !all.some(({ Effect }) => Effect === 'Deny') && all.some(({ Effect }) => Effect === 'Allow');
  }

  #remember({ roleArn }: Principal, permission: Permission, allowed: boolean): void {
    if (roleArn === undefined) return;
    for (const { statement, withdrawn, used, refused } of this.#statementsFor(roleArn, permission)) {
      if (statement.Effect !== 'Allow' || withdrawn === allowed) continue;
      (allowed ? used : refused).add(permission.action);
    }
  }

  /** The statements of a role that speak of this. */
  #statementsFor(roleArn: string, permission: Permission): Attached[] {
    const context = this.#contextOf(roleArn, permission);
    return (this.#identityPolicies.get(roleArn) ?? []).filter(({ statement }) =>
      applies(statement, permission, context),
    );
  }

  #contextOf(roleArn: string, permission: Permission): RequestContext {
    return {
      'aws:principalarn': [roleArn],
      'aws:principalaccount': [this.#account],
      'aws:resourceaccount': [this.#account],
      'aws:requestedregion': [this.#region],
      // The gateway speaks plain HTTP on this machine only; policies that demand TLS are meant for the network.
      'aws:securetransport': ['true'],
      ...permission.context,
    };
  }
}

function applies(statement: Statement, { action, resource }: Permission, context: RequestContext): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  if (Action && !Action.some((pattern) => matchesAction(action, pattern))) return false;
  if (NotAction?.some((pattern) => matchesAction(action, pattern))) return false;
  if (Resource && !Resource.some((pattern) => matchesPattern(resource, pattern))) return false;
  if (NotResource?.some((pattern) => matchesPattern(resource, pattern))) return false;
  return conditionsHold(Condition, context);
}

function matchesAction(action: string, pattern: string): boolean {
  return matchesPattern(action.toLowerCase(), pattern.toLowerCase());
}

/** Does a resource policy's principal include this role? Service principals never are a function's role. */
function concerns({ Principal }: Statement, roleArn: string | undefined, account: string): boolean {
  if (Principal === '*') return true;
  const aws = typeof Principal === 'object' && Principal !== null && 'AWS' in Principal ? Principal.AWS : [];
  const names = Array.isArray(aws) ? aws : [aws];
  return names.some(
    (name) => name === '*' || name === roleArn || name === account || name === `arn:aws:iam::${account}:root`,
  );
}
