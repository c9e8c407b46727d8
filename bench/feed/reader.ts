import type { DeployedCloud } from '../deployed-cloud.ts';

/** Reads the feed over HTTP, from where it ends now. */
export async function createReader({ cloud, token }: DeployedCloud) {
  const url = `${cloud.outputs.ApiUrl}/v1/events`;
  const get = async (query: string) => {
    const response = await fetch(`${url}?${query}`, { headers: { authorization: `Bearer ${token}` } });
    if (response.status !== 200)
      throw new Error(`GET /v1/events answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as { items: { id: string }[]; next: string };
  };
  let after = (await get('after=head')).next;
  return {
    /** The events that came since the last call. */
    async next(): Promise<{ id: string }[]> {
      const page = await get(`after=${encodeURIComponent(after)}&limit=1000`);
      after = page.next;
      return page.items;
    },
  };
}
