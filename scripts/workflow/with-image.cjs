"use strict";

// node with-image.cjs SETTINGS.yaml IMAGE: prints the stack's settings with this image, or as they are without one.
const fs = require("node:fs");
const { parseDocument } = require("yaml");

const [, , file, image] = process.argv;
const settings = parseDocument(fs.readFileSync(file, "utf8"));
if (image) settings.setIn(["config", "twinstream:image"], image);
process.stdout.write(settings.toString({ lineWidth: 0 }));
