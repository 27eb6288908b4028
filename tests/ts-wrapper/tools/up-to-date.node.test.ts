import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isUpToDate } from "../../../ts-wrapper/tools/up-to-date.ts";

test("an output is up to date while it is there and no input is newer, at any depth", async () => {
  const top = await mkdtemp(join(tmpdir(), "lowrank-up-to-date-"));
  const at = (path: string, seconds: number): Promise<void> => utimes(join(top, path), seconds, seconds);
  try {
    await mkdir(join(top, "in/deep"), { recursive: true });
    await writeFile(join(top, "in/deep/a"), "");
    const check = (): Promise<boolean> => isUpToDate([join(top, "in")], [join(top, "out")]);
    assert.equal(await check(), false, "missing");
    await writeFile(join(top, "out"), "");
    await at("out", 2000);
    for (const path of ["in/deep/a", "in/deep", "in"]) await at(path, 1000);
    assert.equal(await check(), true);
    await at("in/deep/a", 3000);
    assert.equal(await check(), false, "a file changed");
    await at("in/deep/a", 1000);
    await at("in/deep", 3000);
    assert.equal(await check(), false, "a file was removed");
  } finally {
    await rm(top, { recursive: true, force: true });
  }
});
