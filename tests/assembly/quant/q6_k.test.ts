import { testKBlocks } from "../../support/quant-tests.ts";

await testKBlocks("q6_k", (s) => ({ low: s * (s < 0 ? 31 : -32), high: s * (s < 0 ? -32 : 31) }));
