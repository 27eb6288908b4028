// Runs the plain tests in a browser: `tsx tests/browser/run.ts chromium|firefox [file…]`. Without files: all.
import { rm } from "node:fs/promises";
import { testFiles } from "../support/test-files.ts";
import { findBrowser } from "./browsers.ts";
import { bundleTests } from "./bundle.ts";
import { drive } from "./drive.ts";
import type { Message } from "./page.ts";

const SILENCE_MS = 180_000;
/** Kernels are tested in a dedicated worker: there the caller of a pool sleeps, while a page's own thread must spin and starves the others. */
const kernels = /^tests\/(assembly|ts-wrapper\/linalg)\//;
/** These run in the page and in the worker: how the pool waits differs, and what it computes must not. */
const both = /^tests\/(conformance|ts-wrapper\/engine)\//;

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
  const out = `build/browser/${name}-${process.pid}`; // runs beside each other do not meet
  await bundleTests(
    out,
    files.filter((file) => !kernels.test(file)),
    files.filter((file) => kernels.test(file) || both.test(file)),
  );
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let at = "loading the page";
  const hear = (message: Message, version: string): boolean => {
    if ("file" in message) at = message.file;
    else if ("note" in message) console.log(`  # ${message.note}`);
    else if ("done" in message) return true;
    else if ("realm" in message) {
      const { outcome, text } = message;
      counts[outcome]++;
      const mark = { passed: "ok", failed: "not ok", skipped: "skipped" }[outcome];
      const more = outcome === "failed" ? `\n${text.replaceAll(/^/gm, "    ")}` : text && ` (${text})`;
      console.log(`  ${mark} - ${message.name} [${message.realm}]${more}`);
    } else console.log(`# ${name} ${version}`);
    return false;
  };
  try {
    await drive({ launch: found.launch, path: `${out}/index.html`, hear, silenceMs: SILENCE_MS });
  } catch (error) {
    counts.failed++;
    console.log(`  not ok - ${error instanceof Error ? error.message : error}, at work on ${at}`);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
  const { passed, failed, skipped } = counts;
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
