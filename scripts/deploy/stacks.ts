import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { clientConfig, type Patience } from '../../functions/runtime/aws-clients.ts';
import { DeployCommandError } from './command-error.ts';

/** A stack of the account, as far as the words need to know it. */
export interface StackState {
  /** CloudFormation's own word, such as `CREATE_COMPLETE`. */
  readonly status: string;
  /** Against deletion. */
  readonly isProtected: boolean;
  /** Names of exports that other stacks may import. */
  readonly exports: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** The stacks of the account and region that the caller's credentials belong to. */
export interface Stacks {
  /** `undefined` when there is no such stack. @throws DeployCommandError when AWS cannot be asked. */
  find(name: string): Promise<StackState | undefined>;
  /** @throws DeployCommandError when AWS cannot be asked. */
  unprotect(name: string): Promise<void>;
}

/** CloudFormation answers within a second or two; a person who waits is told rather than left waiting. */
const PATIENCE: Patience = { connectMs: 3_000, answerMs: 10_000, attempts: 3 };

/** @param patience of the client */
export function openStacks(region: string, patience: Patience = PATIENCE): Stacks {
  const client = new CloudFormationClient(clientConfig({ region, patience }));
  return {
    async find(StackName) {
      const answer = await client.send(new DescribeStacksCommand({ StackName })).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw asCommandError(error, region);
      });
      const stack = answer?.Stacks?.[0];
      if (stack === undefined) return undefined;
      const outputs = stack.Outputs ?? [];
      return {
        status: stack.StackStatus ?? '',
        isProtected: stack.EnableTerminationProtection ?? false,
        exports: outputs.flatMap(({ ExportName }) => ExportName ?? []),
        outputs: Object.fromEntries(
          outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
        ),
      };
    },
    async unprotect(StackName) {
      await client
        .send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }))
        .catch((error: unknown) => {
          throw asCommandError(error, region);
        });
    },
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);

const BAD_CREDENTIALS =
  /CredentialsProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|AuthFailure/;

function asCommandError(error: unknown, region: string): DeployCommandError {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const said = `${name}: ${message}`;
  if (BAD_CREDENTIALS.test(name)) {
    const { AWS_PROFILE: profile } = process.env;
    const whose = profile === undefined ? 'the default profile or the environment' : `profile "${profile}"`;
    return new DeployCommandError(
      `there are no AWS credentials that work; those of ${whose} were tried (${said}). Sign in with "aws configure" or ` +
        `"aws sso login", and name a profile with --profile. If others work in this terminal, ${region} may be a region ` +
        'that has to be enabled in the account first.',
    );
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) {
    return new DeployCommandError(
      `AWS has no address for CloudFormation in "${region}" (${said}). Correct "region" in the merchant's file, or check the network.`,
    );
  }
  return new DeployCommandError(
    `CloudFormation in ${region} could not be asked (${said}). Check the network, and that these credentials may call ` +
      'cloudformation:DescribeStacks and cloudformation:UpdateTerminationProtection.',
  );
}
