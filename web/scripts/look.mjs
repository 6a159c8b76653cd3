// Takes a picture of a page: node scripts/look.mjs <url> <out.png> [width] [light|dark] [key]
import { chromium } from "playwright-core";

const [url, out, width = "1440", scheme = "light", key = "dev-key"] = process.argv.slice(2);
if (!url || !out) {
  console.error("usage: node scripts/look.mjs <url> <out.png> [width] [light|dark] [key]");
  process.exit(2);
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const page = await browser.newPage({ viewport: { width: Number(width), height: 900 }, colorScheme: scheme });
page.on("console", (m) => m.type() === "error" && console.error("console:", m.text()));
page.on("pageerror", (e) => console.error("error:", e.message));
const origin = new URL(url).origin;
await page.request.post(`${origin}/v1/session`, { data: { key } });
await page.goto(url);
await page.waitForLoadState("networkidle").catch(() => {});
await page.waitForTimeout(500);
await page.screenshot({ path: out });
await browser.close();
