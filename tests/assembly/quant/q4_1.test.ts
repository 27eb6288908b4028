import { testLegacyBlocks, testMinima } from "../../support/quant-tests.ts";

await testLegacyBlocks("q4_1", (b) => b.d * (0.5 + 2 ** -7) + Math.abs(b.dm) * 2 ** -11);
testMinima("q4_1");
