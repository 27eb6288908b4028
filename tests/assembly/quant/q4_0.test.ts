import { testLegacyBlocks, testSignedScales } from "../../support/quant-tests.ts";

await testLegacyBlocks("q4_0", (b) => Math.abs(b.d) * (1 + 2 ** -8));
testSignedScales("q4_0", 8);
