import type { Command } from "../command.ts";
import { bench } from "./bench.ts";
import { doctor } from "./doctor.ts";
import { inspect } from "./inspect.ts";
import { merge } from "./merge.ts";
import { plan } from "./plan.ts";
import { svd } from "./svd.ts";
import { verify } from "./verify.ts";

/** Every command, in the order of `--help`. */
export const commands: readonly Command[] = [merge, plan, verify, inspect, svd, bench, doctor];
