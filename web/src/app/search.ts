/** What stands behind the ? of an address, read but not yet trusted. */
export type Search = Record<string, unknown>;

/** Reads the query of an address, and takes out what the reader leaves out: else the router would keep it as it is. */
export const only =
  <T extends object>(read: (search: Search) => T) =>
  (search: Search): T => ({
    ...Object.fromEntries(Object.keys(search).map((key) => [key, undefined])),
    ...read(search),
  });

/** Takes the named texts out of the query of an address; everything else in it is left out. */
export const texts =
  <K extends string>(...names: K[]) =>
  (search: Search): { [name in K]?: string } => {
    const taken: { [name in K]?: string } = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === "string" && value) taken[name] = value;
    }
    return taken;
  };
