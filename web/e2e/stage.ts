import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launch } from "./browser";
import { Program } from "./program";
import { tellingWhenFailed } from "./telling";

/** A program of its own and a browser, for all tests of a file. */
export class Stage {
  private parts: { program: Program; browser: Browser } | undefined;

  /** Starts both before the tests of the file, and ends them after. */
  static set(): Stage {
    const stage = new Stage();
    tellingWhenFailed(() => stage.parts);
    beforeAll(async () => {
      const [program, browser] = await Promise.all([Program.start(), launch()]);
      stage.parts = { program, browser };
    });
    afterAll(async () => {
      await stage.parts?.program.close();
      // Tabs of a test that failed are ended first: they may ask whether they can be left.
      await Promise.all((stage.parts?.browser.contexts() ?? []).map((context) => context.close()));
      await stage.parts?.browser.close();
    });
    return stage;
  }

  get program(): Program {
    return this.there().program;
  }

  get browser(): Browser {
    return this.there().browser;
  }

  private there() {
    if (!this.parts) throw new Error("the stage is set before the tests only");
    return this.parts;
  }
}
