/** The longest address that mail can be sent to has fewer (RFC 5321, 4.5.3.1). In characters. */
const MOST_TEXT = 254;

/**
 * An e-mail address as it is looked for: without the spaces around it, in small letters. Nothing else is done to it: dots in
 * the name and what stands behind a `+` are left, because they mean one mailbox at one provider and several at another; nor
 * are two writings of one domain brought together.
 *
 * @returns undefined where the text is no address
 */
export function emailText(text: string): string | undefined {
  const wanted = text.trim().toLowerCase();
  return wanted.length <= MOST_TEXT && /^[^\s@]+@[^\s@]+$/.test(wanted) ? wanted : undefined;
}
