import { afterEach, describe, expect, it, vi } from 'vitest';
import { openStacks } from '../../../scripts/deploy/stacks.ts';
import { endpoint, IMPATIENT, silent } from '../../support/silent-aws.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** CloudFormation at this address, as a terminal with credentials reaches it. */
function stacksAt(url: string, env: Record<string, string | undefined> = {}) {
  const all = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'invented',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PROFILE: undefined,
    ...env,
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  return openStacks('sa-east-1', IMPATIENT);
}

/** A CloudFormation that answers every request with this error. */
const answering = async (status: number, code: string, message: string) =>
  stacksAt(
    (
      await endpoint((_, response) => {
        response.writeHead(status, { 'content-type': 'text/xml' });
        response.end(
          `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
        );
      })
    ).url,
  );

describe('the stacks of an account', () => {
  it('that is not there is no error', async () => {
    const stacks = await answering(400, 'ValidationError', 'Stack with id CDKToolkit does not exist');

    expect(await stacks.find('CDKToolkit')).toBeUndefined();
  });

  it.each([
    ['InvalidClientTokenId', 'The security token included in the request is invalid'],
    ['SignatureDoesNotMatch', 'The request signature we calculated does not match'],
    ['ExpiredToken', 'The security token included in the request is expired'],
  ])(
    'cannot be asked with credentials that AWS answers with %s, and it is said how to sign in',
    async (code, message) => {
      const stacks = await answering(403, code, message);

      await expect(stacks.find('CDKToolkit')).rejects.toThrow(
        /no AWS credentials that work; those of the default profile or the environment .*"aws sso login".*sa-east-1/,
      );
    },
  );

  it('cannot be asked by a profile that is not there, and its name is said', async () => {
    const stacks = stacksAt('http://127.0.0.1:1', {
      AWS_PROFILE: 'nobody',
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    });

    await expect(stacks.find('CDKToolkit')).rejects.toThrow(/those of profile "nobody" were tried/);
  });

  it('of a region that is misspelt: the key of the configuration is named', async () => {
    const stacks = stacksAt('http://cloudformation.sa-eats-1.invalid');

    await expect(stacks.find('CDKToolkit')).rejects.toThrow(/Correct "region" in the merchant's file/);
  });

  it('that these credentials may not ask: the actions are named', async () => {
    const stacks = await answering(403, 'AccessDenied', 'User is not authorized');

    await expect(stacks.find('CDKToolkit')).rejects.toThrow(/may call cloudformation:DescribeStacks/);
    await expect(stacks.unprotect('Acopio-demo-Data')).rejects.toThrow(/UpdateTerminationProtection/);
  });

  it('are not waited for without end when CloudFormation never answers', async () => {
    const { url } = await endpoint(silent);

    await expect(stacksAt(url).find('CDKToolkit')).rejects.toThrow(/could not be asked \(TimeoutError/);
  });
});
