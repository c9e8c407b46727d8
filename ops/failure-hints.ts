import { POLICY_OUTPUTS } from '../config/output-names.ts';

/** What to do about a connection that was refused; undefined for every other failure. */
export function connectionHint(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) return undefined;
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return endpoint === undefined
    ? 'AWS refuses the connection. Nothing was done. Is there a proxy or a firewall between?'
    : `Nobody listens at AWS_ENDPOINT_URL=${endpoint}. Nothing was done. Is "npm start" still running? Each run has an address ` +
        'of its own. To reach AWS itself: unset AWS_ENDPOINT_URL.';
}

/** What to do where the credentials lack a permission; undefined for every other failure. */
export function permissionHint(error: unknown): string | undefined {
  if (!(error instanceof Error && /^AccessDenied/.test(error.name))) return undefined;
  const { viewer, operator } = POLICY_OUTPUTS;
  return (
    'These credentials lack that permission. The deployment made a policy for each kind of person: ' +
    `its output ${viewer} names the one for looking, ${operator} the one for every command.`
  );
}

const BAD_CREDENTIALS =
  /CredentialsProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|AuthFailure/;

/** What to do where AWS knows nobody by these credentials, or there are none; undefined for every other failure. */
export function credentialsHint(error: unknown): string | undefined {
  if (!(error instanceof Error && BAD_CREDENTIALS.test(error.name))) return undefined;
  return (
    'There are no AWS credentials that work. Sign in with "aws sso login" or "aws configure", and name a profile with ' +
    'AWS_PROFILE; "aws sts get-caller-identity" says whose they are.'
  );
}
