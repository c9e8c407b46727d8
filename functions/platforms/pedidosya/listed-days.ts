/** How far back orders are listed: 60 days (orders guide), less one for clocks and zones. */
export const LISTED_DAYS = 59;
