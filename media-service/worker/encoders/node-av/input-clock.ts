import { AV_NOPTS_VALUE, AV_TIME_BASE, avRescaleQ, type FormatContext } from "node-av";
import type { Rational } from "../../probed-media";

/** What the input's clock shows at its beginning; all times are counted from there. */
export function startTicksOf(input: FormatContext, timeBase: Rational): bigint {
  return input.startTime === AV_NOPTS_VALUE
    ? 0n
    : avRescaleQ(input.startTime, { num: 1, den: AV_TIME_BASE }, timeBase);
}
