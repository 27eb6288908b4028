import { testKBlocks } from "../../support/quant-tests.ts";

await testKBlocks("q4_k", (s, m) => ({ low: -m, high: 15 * s - m }));
