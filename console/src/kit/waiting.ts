/** What waits for a service that tells nobody when it is done is read anew as long as somebody looks at it. */

const EVERY = 3000; // milliseconds

interface Asked<Data> {
  state: { data: Data | undefined };
}

/** How long until a query is asked again: as long as `waits` says so of what it has answered, in a tab that is seen. */
export const whileWaiting =
  <Data>(waits: (data: Data) => boolean) =>
  ({ state: { data } }: Asked<Data>): number | false =>
    data !== undefined && waits(data) ? EVERY : false;
