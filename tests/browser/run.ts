// Runs the plain tests in a browser: `tsx tests/browser/run.ts chromium|firefox [file…]`. Without files: all.
import { existsSync } from "node:fs";
import puppeteer, { type LaunchOptions, type Page } from "puppeteer-core";
import { serve } from "../support/server.ts";
import { testFiles } from "../support/test-files.ts";
import { bundleTests } from "./bundle.ts";
import type { PageState } from "./page.ts";

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
/** A page that reports nothing for this long hangs. */
const SILENCE_MS = 180_000;
/** Tests that also run in a dedicated worker, where threads may sleep and there is no document. */
const inWorker = /^tests\/(conformance|ts-wrapper\/engine)\//;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const [name = "", ...chosen] = process.argv.slice(2);
const choice = browsers[name];
if (!choice) throw new Error(`unknown browser ${JSON.stringify(name)}; known are ${Object.keys(browsers).join(", ")}`);
process.exitCode = await run(name, choice);

async function run(name: string, { paths, ...launch }: (typeof browsers)[string] & object): Promise<number> {
  const executablePath = paths.find((path) => path !== undefined && existsSync(path));
  if (!executablePath) {
    console.log(`# skipped: ${name} (not in ${paths.filter(Boolean).join(", ")}; install it or set ${name.toUpperCase()})`);
    console.log(`${name}: 0 passed, 0 failed, 1 skipped`);
    return 0;
  }
  const files = chosen.length > 0 ? chosen : await testFiles("plain");
  const workerFiles = files.filter((file) => inWorker.test(file));
  const out = `build/browser/${name}`;
  await bundleTests(out, files, workerFiles);
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const server = await serve();
  try {
    const browser = await puppeteer.launch({ headless: true, protocolTimeout: SILENCE_MS, ...launch, executablePath });
    console.log(`# ${await browser.version()}`);
    const page = `${server.origin}/${out}/index.html`;
    try {
      await runPage(await browser.newPage(), page, "page", counts);
      if (workerFiles.length > 0) {
        await runPage(await browser.newPage(), `${page}#worker`, "worker", counts);
      }
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

async function runPage(page: Page, url: string, where: string, counts: Counts): Promise<void> {
  page.on("pageerror", (error) => console.log(`  # ${error instanceof Error ? error.message : String(error)}`));
  page.on("console", (message) => console.log(`  # ${message.text()}`));
  await page.goto(url);
  let heard = Date.now();
  for (;;) {
    const { fresh, file, done } = (await page.evaluate(`(() => {
      const state = globalThis.__results;
      return state ? { fresh: state.fresh.splice(0), file: state.file, done: state.done } : { fresh: [], file: "", done: false };
    })()`)) as PageState;
    if (fresh.length > 0) heard = Date.now();
    for (const result of fresh) {
      counts[result.outcome]++;
      const mark = { passed: "ok", failed: "not ok", skipped: "skipped" }[result.outcome];
      const text =
        result.outcome === "failed" ? `\n${result.text.replaceAll(/^/gm, "    ")}` : result.text && ` (${result.text})`;
      console.log(`  ${mark} - ${result.name} [${where}]${text}`);
    }
    if (done) return;
    if (Date.now() - heard > SILENCE_MS) {
      counts.failed++;
      console.log(`  not ok - ${where}: no result for ${SILENCE_MS / 1000} s, at work on ${file || "loading the page"}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
