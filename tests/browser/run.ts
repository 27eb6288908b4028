// Runs the plain tests in a browser: `tsx tests/browser/run.ts chromium|firefox [file…]`. Without files: all.
import { rm } from "node:fs/promises";
import puppeteer, { type Page } from "puppeteer-core";
import { serve } from "../support/server.ts";
import { testFiles } from "../support/test-files.ts";
import { findBrowser } from "./browsers.ts";
import { bundleTests } from "./bundle.ts";
import type { PageState } from "./page.ts";

/** A page that reports nothing for this long hangs. */
const SILENCE_MS = 180_000;
/** Kernels are tested in a dedicated worker: there the caller of a pool sleeps, while a page's own thread must spin and starves the others. */
const kernels = /^tests\/(assembly|ts-wrapper\/linalg)\//;
/** These run in the page and in the worker: how the pool waits differs, and what it computes must not. */
const both = /^tests\/(conformance|ts-wrapper\/engine)\//;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const [name = "", ...chosen] = process.argv.slice(2);
process.exitCode = await run(name);

async function run(name: string): Promise<number> {
  const found = findBrowser(name);
  if ("missing" in found) {
    console.log(`# skipped: ${name} (${found.missing})`);
    console.log(`${name}: 0 passed, 0 failed, 1 skipped`);
    return 0;
  }
  const files = chosen.length > 0 ? chosen : await testFiles("plain");
  const pageFiles = files.filter((file) => !kernels.test(file));
  const workerFiles = files.filter((file) => kernels.test(file) || both.test(file));
  const out = `build/browser/${name}-${process.pid}`; // runs beside each other do not meet
  await bundleTests(out, pageFiles, workerFiles);
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const server = await serve();
  try {
    const browser = await puppeteer.launch({ protocolTimeout: SILENCE_MS, ...found.launch });
    console.log(`# ${await browser.version()}`);
    const page = `${server.origin}/${out}/index.html`;
    try {
      if (pageFiles.length > 0) await runPage(await browser.newPage(), page, "page", counts);
      if (workerFiles.length > 0) {
        await runPage(await browser.newPage(), `${page}#worker`, "worker", counts);
      }
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
    await rm(out, { recursive: true, force: true });
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
