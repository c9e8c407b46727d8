import type { PlatformName } from '../../../functions/domain/order.ts';
import { quoted } from '../quoted.ts';

/** Characters that whatever names an order has at most: an e-mail address has so many. */
export const MOST_SOUGHT = 254;

/** What was looked for and not found. */
interface Missed {
  readonly merchant: string;
  /** As a person typed it, or as the address of the page has it: a link may hold anything. */
  readonly text: string;
}

/** The command that reads the orders themselves. */
export const readThemselves = ({ merchant, text }: Missed, isEmail: boolean): string =>
  `npx acopio --merchant ${merchant} find ${quoted(text)}${isEmail ? ' --personal' : ''} --days 30`;

/** The command that asks a platform for it by its id there. */
export const askPlatform = ({ merchant, text }: Missed, platform: PlatformName): string =>
  `npx acopio --merchant ${merchant} replay ${quoted(`${platform}:${text}`)} --source fresh`;
