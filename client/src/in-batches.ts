/** How many are under way at once: enough that the threads of WebCrypto do not wait for ours. */
const AT_ONCE = 200

/** What `make` gives for each item, in their order, with so many under way at once; fewer where each is a request. */
export async function inBatches<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Promise<Made>,
  atOnce: number = AT_ONCE,
): Promise<Made[]> {
  const made: Made[] = []
  for (let at = 0; at < items.length; at += atOnce) made.push(...(await Promise.all(items.slice(at, at + atOnce).map(make))))
  return made
}
