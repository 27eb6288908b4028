import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openPathFolder } from "../../../ts-wrapper/io/folder-path.ts";
import { withFolder } from "../../support/temp-folder.ts";

test("a folder on disk is listed and opened, links inside are followed, and its location is the real path", () =>
  withFolder(async (top) => {
    const path = join(top, "real");
    await mkdir(join(path, "sub"), { recursive: true });
    await writeFile(join(path, "b.json"), "bee");
    await writeFile(join(top, "blob"), "cached");
    await symlink(join(top, "blob"), join(path, "a.bin"));
    await symlink("sub", join(path, "linked"));
    await symlink("nowhere", join(path, "dangling"));
    await symlink("real", join(top, "link"));
    const folder = await openPathFolder(join(top, "link"), "mine");
    assert.equal(folder.name, "mine");
    assert.equal(folder.location, path);
    assert.equal(folder.picked, undefined);
    assert.deepEqual(await folder.list(), ["a.bin", "b.json", "dangling", "linked/", "sub/"]);
    const source = (await folder.open("a.bin"))!;
    assert.equal(new TextDecoder().decode(await source.read(0, 6)), "cached");
    assert.equal(source.name, "a.bin");
    assert.equal(await folder.open("none"), undefined);
    await assert.rejects(folder.open("dangling"), { code: "NOT_FOUND", file: "dangling" });
    await assert.rejects(folder.open("sub"), { code: "NOT_FOUND", message: /a folder, a file was needed/ });
    await assert.rejects(folder.open("../blob"), { code: "FORMAT" });
    await folder.close();
    await assert.rejects(source.read(0, 1), { code: "BROKEN" });
  }));

test("a file on disk is the one that was named in its folder", () =>
  withFolder(async (top) => {
    await writeFile(join(top, "m.safetensors"), "x");
    const folder = await openPathFolder(join(top, "m.safetensors"), "m");
    assert.equal(folder.picked, "m.safetensors");
    assert.equal(folder.location, top);
    await folder.close();
  }));

test("what is not there is NOT_FOUND by the name it was given", () =>
  withFolder(async (top) => {
    await assert.rejects(openPathFolder(join(top, "none"), "my model"), {
      code: "NOT_FOUND",
      file: "my model",
      message: /no such file or folder/,
    });
    if (process.platform === "linux")
      await assert.rejects(openPathFolder("/dev/null", "null"), {
        code: "NOT_FOUND",
        message: /neither a folder nor a regular file/,
      });
  }));
