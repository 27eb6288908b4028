import { existsSync } from "node:fs";
import type { LaunchOptions } from "puppeteer-core";

const root = process.getuid?.() === 0;
/** Known places of each browser; `CHROMIUM` and `FIREFOX` name another. */
const browsers: Readonly<Record<string, LaunchOptions & { readonly paths: readonly (string | undefined)[] }>> = {
  chromium: {
    browser: "chrome",
    paths: [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
    args: [
      ...(root ? ["--no-sandbox"] : []),
      "--disable-dev-shm-usage",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
  firefox: {
    browser: "firefox",
    paths: [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"],
  },
};

/** How to launch a browser, or why it cannot be. Throws for a name that is not known. */
export function findBrowser(name: string): { readonly launch: LaunchOptions } | { readonly missing: string } {
  const choice = browsers[name];
  if (!choice) throw new Error(`unknown browser ${JSON.stringify(name)}; known are ${Object.keys(browsers).join(", ")}`);
  const { paths, ...launch } = choice;
  const executablePath = paths.find((path) => path !== undefined && existsSync(path));
  if (executablePath) return { launch: { headless: true, ...launch, executablePath } };
  return { missing: `not in ${paths.filter(Boolean).join(", ")}; install it or set ${name.toUpperCase()}` };
}
