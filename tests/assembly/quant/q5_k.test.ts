import { testKBlocks } from "../../support/quant-tests.ts";

await testKBlocks("q5_k", (s, m) => ({ low: -m, high: 31 * s - m }));
