"use strict";

// What the dynamic resources do: a "cloud" of one JSON file a thing in $THING_CLOUD, and a log of calls.
const fs = require("node:fs");
const path = require("node:path");

const cloud = () => process.env.THING_CLOUD;
const fileOf = (key) => path.join(cloud(), `${key}.json`);
const log = (text) => fs.appendFileSync(path.join(cloud(), "log.txt"), `${text}\n`);
const marker = (name) => path.join(cloud(), name);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether this is the first time that something is asked of this cloud. */
function first(what) {
  if (fs.existsSync(marker(what))) return false;
  fs.writeFileSync(marker(what), "");
  return true;
}

/** Ends this process as kill -9 does, once per thing, if its properties say so. */
function maybeDie(when, props) {
  if (props.dieWhile === when && first(`died-${props.key}-${when}`)) process.kill(process.pid, 9);
}

function outputs(props) {
  return { ...props, mark: `mark of ${props.key}` };
}

module.exports = {
  check(_olds, news) {
    const failures = news.refuse ? [{ property: "refuse", reason: news.refuse }] : [];
    return Promise.resolve({ inputs: news, failures });
  },
  diff(_id, olds, news) {
    const keys = Object.keys({ ...olds, ...news }).filter(
      (key) => key !== "mark" && !key.startsWith("__"),
    );
    const changed = keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
    const replaces = changed.filter((key) => key === "place" || (key === "from" && news.strict));
    return Promise.resolve({
      changes: changed.length > 0,
      replaces,
      deleteBeforeReplace: news.fixedName === true,
    });
  },
  async create(props) {
    fs.writeFileSync(marker("provider-pid"), String(process.pid));
    log(`create ${props.key}`);
    if (props.say) for (const line of props.say) console.log(line);
    if (props.pauseMs) await pause(props.pauseMs);
    if (props.waitFor) while (!fs.existsSync(marker(props.waitFor))) await pause(20);
    maybeDie("beforeCreate", props);
    if (props.fail) throw new Error(props.fail);
    const adopted = fs.existsSync(fileOf(props.key));
    fs.writeFileSync(fileOf(props.key), JSON.stringify(props));
    if (adopted) log(`adopted ${props.key}`);
    maybeDie("afterCreate", props);
    if (props.halfMade && first(`half-${props.key}`)) {
      const error = new Error("made but not ready");
      error.id = props.key;
      error.properties = outputs(props);
      error.reasons = ["the light is still red"];
      throw error;
    }
    return { id: props.key, outs: outputs(props) };
  },
  async update(_id, _olds, news) {
    log(`update ${news.key}`);
    fs.writeFileSync(fileOf(news.key), JSON.stringify(news));
    return { outs: outputs(news) };
  },
  async read(id, props) {
    if (!fs.existsSync(fileOf(id))) return { id: "" };
    const live = JSON.parse(fs.readFileSync(fileOf(id), "utf8"));
    return { id, props: { ...props, ...outputs(live) } };
  },
  async delete(id, props) {
    log(`delete ${props.key}`);
    if (props.failDelete && first(`faildelete-${id}`)) throw new Error(props.failDelete);
    fs.rmSync(fileOf(id), { force: true });
  },
};
