import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parseTaskBody } from "../../../media-service/domain/task-body";

const INPUT = "<inputAsset>JobInputAsset(0)</inputAsset>";
const OUTPUT = "<outputAsset>JobOutputAsset(0)</outputAsset>";

describe("a task's body", () => {
  for (const declaration of [
    "",
    '<?xml version="1.0" encoding="utf-8"?>',
    '\uFEFF<?xml version="1.0" encoding="utf-16"?>\r\n',
  ]) {
    it(`is read with the declaration '${declaration.trim()}'`, () => {
      const body = parseTaskBody(
        `${declaration}<taskBody>${INPUT}<outputAsset assetCreationOptions="0" assetFormatOption="1" assetName="a &amp; b">JobOutputAsset(0)</outputAsset></taskBody>`,
      );
      assert.deepEqual(body, {
        inputs: [{ from: "JobInputAsset", index: 0 }],
        outputs: [
          { index: 0, assetName: "a & b", options: 0, formatOption: 1, storageAccountName: null },
        ],
      });
    });
  }

  for (const [why, xml] of [
    ["nothing", ""],
    ["an end missing", `<taskBody>${INPUT}${OUTPUT}`],
    ["another root", `<body>${INPUT}${OUTPUT}</body>`],
    ["no output", `<taskBody>${INPUT}</taskBody>`],
    ["no input", `<taskBody>${OUTPUT}</taskBody>`],
    [
      "an output as what it is not",
      `<taskBody>${INPUT}<outputAsset>JobInputAsset(0)</outputAsset></taskBody>`,
    ],
    ["51 assets", `<taskBody>${INPUT.repeat(50)}${OUTPUT}</taskBody>`],
    ["a DOCTYPE", `<!DOCTYPE x [<!ENTITY a "b">]><taskBody>${INPUT}${OUTPUT}</taskBody>`],
    ["too much of it", `<taskBody>${INPUT}${OUTPUT}<!--${"x".repeat(100_000)}--></taskBody>`],
  ] as const) {
    it(`is refused with ${why}`, () => {
      assert.throws(() => parseTaskBody(xml), { name: "InvalidInputError" });
    });
  }
});
