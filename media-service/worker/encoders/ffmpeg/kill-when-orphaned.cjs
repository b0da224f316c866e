"use strict";

// Started beside an encoder with the encoder's process id. Its stdin is a pipe from the worker: when
// the worker is gone, however it died, the pipe ends and the encoder is ended too. It would otherwise
// go on for hours beside the next attempt. The worker ends this guard when the encoder has ended.
const pid = Number(process.argv[2]);

process.stdin.resume().once("end", () => {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
});
