/** What Lambda gives a handler beside the event, as far as our functions look at it. */
export const context = {
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  getRemainingTimeInMillis: () => 25_000,
};
