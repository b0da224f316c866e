import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { knownKinds } from "../../../local-cloud/stand-in/kinds/known-kinds";
import type { CloudServices } from "../../../local-cloud/stand-in/kinds/resource-kind";
import type { Properties } from "../../../local-cloud/stand-in/properties";
import { ResourceRecords } from "../../../local-cloud/stand-in/resource-records";
import { StandIn } from "../../../local-cloud/stand-in/stand-in";
import { SecretBox } from "../../../local-cloud/storage/secret-box";

/** The stand-in without any process: for kinds that start none. */
export interface Recorder {
  problems(type: string, inputs: Properties): ReturnType<StandIn["check"]>["problems"];
  create(
    type: string,
    name: string,
    inputs: Properties,
  ): Promise<{ id: string; outputs: Properties }>;
  /** What the user was told. */
  readonly notices: string[];
}

/** Hands out a stand-in that records in a folder of its own, and removes the folder. */
export async function withRecorder(use: (recorder: Recorder) => void | Promise<void>) {
  const directory = mkdtempSync(join(tmpdir(), "twinstream-recorder-"));
  try {
    await use(recorderIn(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function recorderIn(directory: string): Recorder {
  const box = SecretBox.open(join(directory, "key"));
  const notices: string[] = [];
  // What would start a process is missing on purpose: a kind that asks for it fails the test.
  const services = {
    records: new ResourceRecords(join(directory, "resources.json"), box),
    notice: (text: string) => {
      notices.push(text);
    },
  } as unknown as CloudServices;
  const standIn = new StandIn(knownKinds, services);
  const named = (type: string, name: string) => ({
    urn: `urn:pulumi:test::twinstream::${type}::${name}`,
    name,
    type,
  });
  return {
    notices,
    problems: (type, inputs) => standIn.check(named(type, "x"), inputs).problems,
    create: (type, name, inputs) => standIn.create(named(type, name), inputs),
  };
}
