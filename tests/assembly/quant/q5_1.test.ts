import { testLegacyBlocks, testMinima } from "../../support/quant-tests.ts";

await testLegacyBlocks("q5_1", (b) => b.d * (0.5 + 2 ** -6) + Math.abs(b.dm) * 2 ** -11);
testMinima("q5_1");
