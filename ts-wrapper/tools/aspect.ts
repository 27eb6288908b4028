// Runs as-pect over assembly/__tests__ and counts what it ran. as-pect ends with 0 when it finds no test at all, so its summary is
// read; this fails when there is none, when a test failed, or when nothing ran.
import { spawnSync } from "node:child_process";

const { status, stdout, stderr, error } = spawnSync(process.execPath, ["node_modules/@as-pect/cli/bin/asp.js", "--summary"], {
  encoding: "utf8",
});
if (error) throw error;
process.stdout.write(`${stdout.trimEnd()}\n\n`); // its last line may be begun and not ended
process.stderr.write(stderr);

const esc = String.fromCharCode(27);
const plain = stdout.replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, "g"), "");
const [, passed, total] = /\[Tests\]:\D*(\d+) \/ (\d+)/.exec(plain) ?? [];
const failed = Number(total) - Number(passed);
if (total === undefined) console.error("as-pect printed no summary");
else if (total === "0") console.error("as-pect ran no test");
else console.log(`as-pect: ${passed} passed, ${failed} failed`);
if (status !== 0 || !(Number(total) > 0) || failed > 0) process.exitCode = status || 1;
