// Node gives every test file a process. This one file runs many plain ones in one process, as browsers and Bun do, which saves their starts.
// The list comes by TEST_FILES, a JSON array of paths from the top of the repository.
import { test } from "node:test";

for (const file of JSON.parse(process.env.TEST_FILES ?? "[]") as string[]) {
  try {
    await import(new URL(`../../${file}`, import.meta.url).href);
  } catch (error) {
    test(`${file} loads`, () => {
      throw error;
    });
  }
}
