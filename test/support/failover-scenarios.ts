import { setTimeout as sleep } from "node:timers/promises";
import { breakDataCenter, causeFault, type Fault, reviveDataCenter, untilServedBy } from "./faults";
import type { LocalCloud, StackOutputs } from "./local-cloud";

/** What scenarios act on. */
export interface Stage {
  readonly cloud: LocalCloud;
  readonly outputs: StackOutputs;
}

/** A way to lose a data center while somebody watches. */
export interface Scenario {
  /** Short, unique, for files and tables. */
  readonly name: string;
  /** What happens, as the end of a sentence. */
  readonly title: string;
  /** How many segments the other data center has to serve afterwards, in 20 s, to each player. */
  readonly segmentsFromLeft: number;
  /** The data center that is lost, and the one that serves instead. */
  readonly lost: string;
  readonly left: string;
  /** Before anybody watches. */
  prepare?(stage: Stage): Promise<void>;
  /** Once the picture moves and before the fault. */
  until?(stage: Stage): Promise<void>;
  lose(stage: Stage): Promise<void>;
  heal(stage: Stage): Promise<void>;
}

const PRIMARY = "east";
const SECONDARY = "west";
/** Picture and sound have a segment every two seconds. */
const MANY = 10;
/** Breaks off within the first segment of any quality, also of sound. */
const CUT_AFTER_BYTES = 20_000;
/** Of the three probes, 10 s apart, that have to succeed before a data center is returned to, one or two. */
const PROBED_BEFORE_MS = 15_000;

/** Every loss that viewers are promised not to notice, in the order of the table of results. */
export const scenarios: readonly Scenario[] = [
  {
    ...fromPrimary("power", "its data center loses power (kill -9 of service and store)"),
    lose: ({ cloud }) => breakDataCenter(cloud, PRIMARY),
  },
  faulty("service", "the media service is killed (kill -9)", { what: "service", action: "kill" }),
  faulty("store", "the store is killed (kill -9)", { what: "store", action: "kill" }),
  {
    ...fromPrimary("frozen", "everything in its data center is frozen (SIGSTOP)"),
    async lose({ cloud }) {
      await causeFault(cloud, { target: PRIMARY, what: "service", action: "stop" });
      await causeFault(cloud, { target: PRIMARY, what: "store", action: "stop" });
    },
    async heal(stage) {
      await causeFault(stage.cloud, { target: PRIMARY, what: "store", action: "continue" });
      await causeFault(stage.cloud, { target: PRIMARY, what: "service", action: "continue" });
      await healed(stage);
    },
  },
  faulty("half-dead", "the data center accepts connections and answers nothing", {
    what: "network",
    action: "hang",
  }),
  faulty("errors", "every request is answered with 503", {
    what: "network",
    action: "fail",
    status: 503,
  }),
  {
    ...faulty("some-errors", "requests for video segments are answered with 500, others work", {
      what: "network",
      action: "fail",
      status: 500,
      paths: "Fragments\\(video",
    }),
    // Sound goes on coming from where it came.
    segmentsFromLeft: MANY / 2,
  },
  {
    ...faulty("slow", "every answer comes 500 ms later", {
      what: "network",
      action: "slow",
      latencyMs: 500,
    }),
    segmentsFromLeft: 0,
  },
  faulty("cut", "every answer breaks off in the middle of the segment", {
    what: "network",
    action: "cut",
    afterBytes: CUT_AFTER_BYTES,
  }),
  {
    name: "failback",
    title: "the secondary is lost (kill -9) after viewers came back to the primary",
    // By then the sample is half over.
    segmentsFromLeft: MANY / 2,
    lost: SECONDARY,
    left: PRIMARY,
    async prepare({ cloud, outputs }) {
      await breakDataCenter(cloud, PRIMARY);
      await untilServedBy(SECONDARY, outputs);
      await reviveDataCenter(cloud, PRIMARY, outputs);
      await sleep(PROBED_BEFORE_MS);
    },
    until: ({ outputs }) => untilServedBy(PRIMARY, outputs),
    lose: ({ cloud }) => breakDataCenter(cloud, SECONDARY),
    heal: ({ cloud, outputs }) => reviveDataCenter(cloud, SECONDARY, outputs),
  },
];

function fromPrimary(name: string, title: string): Omit<Scenario, "lose"> {
  return { name, title, segmentsFromLeft: MANY, lost: PRIMARY, left: SECONDARY, heal: healed };
}

/** A single fault of the primary, which ends with what its part is restored by. */
function faulty(name: string, title: string, fault: Omit<Fault, "target">): Scenario {
  const { what } = fault;
  return {
    ...fromPrimary(name, title),
    lose: ({ cloud }) => causeFault(cloud, { ...fault, target: PRIMARY }),
    async heal(stage) {
      await causeFault(stage.cloud, { target: PRIMARY, what, action: "restore" });
      await healed(stage);
    },
  };
}

async function healed({ cloud, outputs }: Stage): Promise<void> {
  await reviveDataCenter(cloud, PRIMARY, outputs);
  await untilServedBy(PRIMARY, outputs);
}
