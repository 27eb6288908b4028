import { spawn } from "node:child_process";

/** Runs a program with this terminal. Throws when it fails. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<void> {
  return new Promise((done, fail) => {
    const command = program === "node" ? process.execPath : program;
    spawn(command, args, { stdio: "inherit", env })
      .on("error", fail)
      .on("exit", (code, signal) => {
        if (code === 0) done();
        else fail(new Error(`${program} ${args.join(" ")} ended with ${signal ?? code}`));
      });
  });
}
