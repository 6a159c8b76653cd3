/** What stands behind the ? of an address, read but not yet trusted. */
export type Search = Record<string, unknown>;

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
