// `npm run demo`: builds what is needed, merges a trained adapter into a trained model, and reads the result back.
import { rm } from "node:fs/promises";
import { ensureBuilt } from "./build.ts";
import { run } from "./run.ts";

const model = "examples/kjv-llama";
const out = "build/demo";

async function lowrank(...args: string[]): Promise<void> {
  console.log(`\n$ lowrank ${args.join(" ")}\n`);
  await run("node", ["dist/cli/main.js", ...args]);
}

await ensureBuilt();
await rm(out, { recursive: true, force: true });
await lowrank("inspect", `${model}/adapters/lora-licences`);
await lowrank("merge", `${model}/base`, "-a", `${model}/adapters/lora-licences`, "-o", out);
await lowrank("verify", out, "--base", `${model}/base`, "-a", `${model}/adapters/lora-licences`);
