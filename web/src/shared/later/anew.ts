/** What stands at the server's door, or null when it does not answer. */
async function door(): Promise<string | null> {
  try {
    const answer = await fetch("/", { cache: "no-store" });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/**
 * Loads the page anew after a part of it did not come, if that is of use. The server may have another build by
 * now, which has no such part. And a browser may keep a failure for as long as the page is open: who asks
 * `again` gets the page as soon as the server answers. Returns whether it does so.
 */
export async function loadAnew(again: boolean): Promise<boolean> {
  const own = document.querySelector("script[type=module][src]")?.getAttribute("src");
  const found = await door();
  if (!own || found === null || (found.includes(own) && !again)) return false;
  location.reload();
  return true;
}
