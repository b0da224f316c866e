"use strict";

// Loaded with `-r` into every child of the local cloud. The child's stdin is a pipe that only its
// parent holds: its end says that the parent is gone, however it went, also by kill -9. The child
// then ends as by SIGTERM. Parents on Windows, which has no SIGTERM, close the pipe to stop a child.
//
// Node hands `-r` on to processes that the child forks; those have another parent than the one
// named in the title, and are left alone.
const title = process.execArgv.find((argument) => argument.startsWith("--title=")) ?? "";
const [, parent] = /-p(\d+)-/.exec(title) ?? [];

if (Number(parent) === process.ppid) {
  process.stdin.on("error", end);
  process.stdin.on("end", end);
  process.stdin.resume();
  process.stdin.unref();
}

function end() {
  if (!process.emit("SIGTERM", "SIGTERM")) process.exit(143);
}
