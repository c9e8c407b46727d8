import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
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
  unprotect(name: string): Promise<void>;
}

export function openStacks(region: string): Stacks {
  const client = new CloudFormationClient({ region });
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
      await client.send(
        new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }),
      );
    },
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);

function asCommandError(error: unknown, region: string): DeployCommandError {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (
    error instanceof Error &&
    /CredentialsProviderError|ExpiredToken|InvalidClientTokenId/.test(error.name)
  ) {
    return new DeployCommandError(
      `there are no AWS credentials that work (${said}). Sign in with "aws configure" or "aws sso login", and name a ` +
        'profile with --profile if it is not the default one.',
    );
  }
  return new DeployCommandError(
    `CloudFormation in ${region} could not be asked (${said}). Check the network and that these credentials may call cloudformation:DescribeStacks.`,
  );
}
