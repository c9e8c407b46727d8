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
