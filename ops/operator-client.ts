/** Whose the operator's own commands are. No token is of this client. */
export const OPERATOR = 'operator';
