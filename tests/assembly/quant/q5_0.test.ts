import { testLegacyBlocks, testSignedScales } from "../../support/quant-tests.ts";

await testLegacyBlocks("q5_0", (b) => Math.abs(b.d) * (1 + 2 ** -7));
testSignedScales("q5_0", 16);
