import { randomBytes } from 'node:crypto';
import { select } from '../resources/select.ts';
import type { Deployment } from '../template/deployment.ts';
import type { Grant, Principal } from './authorizer.ts';

/** A user who has one of the deployment's managed policies and no other. */
export interface User {
  readonly policyArn: string;
  readonly accessKeyId: string;
  readonly principal: Principal;
}

/** An access key as AWS writes them: 20 capitals and digits, 60 bits of them random. */
export const drawAccessKey = (): string =>
  `LOCAL${randomBytes(8).toString('hex').slice(0, 15).toUpperCase()}`;

/** The ARN of the user with a managed policy. */
export const userArn = (policyArn: string): string => policyArn.replace(':policy/', ':user/');

/** A user for each managed policy. */
export const usersOf = (deployment: Deployment): User[] =>
  select(deployment, 'AWS::IAM::ManagedPolicy').map(({ ref, path }) => ({
    policyArn: ref,
    accessKeyId: drawAccessKey(),
    principal: { name: path, roleArn: userArn(ref) },
  }));

/** A statement of a role's policy. */
export interface RoleGrant extends Pick<Grant, 'used' | 'refused' | 'withdraw'> {
  /** Construct path of the role. */
  role: string;
  /** Absent in policies that have none. */
  sid?: string;
  actions: readonly string[];
  /** Absent where it names what it is not about. */
  resources?: readonly string[];
}

/** A statement as tests know it. */
export const grantOf = (
  { statement: { Sid, Action = [], Resource }, used, refused, withdraw }: Grant,
  role: string,
): RoleGrant => ({
  role,
  ...(Sid === undefined ? {} : { sid: Sid }),
  actions: Action,
  ...(Resource === undefined ? {} : { resources: Resource }),
  used,
  refused,
  withdraw,
});
