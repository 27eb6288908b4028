// lowrank-wasi — the command for WASI hosts: what this module is, what it can use, and whether its kernels compute right here.
//
//   lowrank-wasi [--json] [--help]
//
// Exit status: 0 all well · 2 wrong usage · 5 a kernel gave a wrong result
import { features } from "../core/status";
import { Check, check_gemm, check_low_rank_update } from "./self_check";
import { version } from "./version.gen";

heap.free(heap.alloc(16)); // claim the heap before the first WASI call: a component adapter grows memory, too

const usage = `lowrank-wasi: version, features and self-check of the lowrank kernels in WebAssembly

usage: lowrank-wasi [options]

  --json   one JSON document on stdout
  --help   this text

exit status: 0 all well, 2 wrong usage, 5 a kernel gave a wrong result`;

function yes(on: bool): string {
  return on ? "yes" : "no";
}

function word(on: bool): string {
  return on ? "true" : "false";
}

function text(simd: bool, relaxed: bool, threads: bool, pages: i32, checks: Check[]): string {
  let out = "lowrank " + version + " (WASI)\n";
  out += "simd          " + yes(simd) + "\nrelaxed simd  " + yes(relaxed) + "\nthreads       " + yes(threads) + "\n";
  out += "memory        " + pages.toString() + " pages of 64 KiB";
  for (let i = 0; i < checks.length; i++) {
    const c = checks[i];
    out += "\n" + (c.ok ? "ok     " : "WRONG  ") + c.name + ": error " + c.error.toString() + ", at most " + c.bound.toString();
  }
  return out;
}

function json(simd: bool, relaxed: bool, threads: bool, pages: i32, checks: Check[]): string {
  let out = '{"schema":1,"command":"wasi","version":"' + version + '","features":{"simd":' + word(simd);
  out += ',"relaxedSimd":' + word(relaxed) + ',"threads":' + word(threads) + '},"memoryPages":' + pages.toString() + ',"checks":[';
  for (let i = 0; i < checks.length; i++) {
    const c = checks[i];
    if (i) out += ",";
    out += '{"name":"' + c.name + '","ok":' + word(c.ok) + ',"error":' + number(c.error) + ',"bound":' + number(c.bound) + "}";
  }
  return out + "]}";
}

/** JSON has no NaN and no Infinity. */
function number(x: f64): string {
  return isFinite(x) ? x.toString() : "null";
}

/** The exit status. */
function main(args: string[]): i32 {
  let asJson = false;
  for (let i = 1; i < args.length; i++) {
    if (args[i] == "--help") {
      console.log(usage);
      return 0;
    }
    if (args[i] != "--json") {
      process.stderr.write('lowrank-wasi: unknown argument "' + args[i] + '"; --help lists what there is\n');
      return 2;
    }
    asJson = true;
  }
  const bits = features();
  const checks = [check_gemm(), check_low_rank_update()];
  const simd = (bits & 1) != 0, relaxed = (bits & 2) != 0, threads = (bits & 4) != 0, pages = memory.size();
  console.log(asJson ? json(simd, relaxed, threads, pages, checks) : text(simd, relaxed, threads, pages, checks));
  for (let i = 0; i < checks.length; i++) if (!checks[i].ok) return 5;
  return 0;
}

const status = main(process.argv);
if (status != 0) process.exit(status);
