// Records at a bridge of its own host, and looks for others meanwhile: a configuration comes as the first line, the end of the input
// is the end of the recording. Plain JavaScript, since it runs in a namespace of its own.
import { createInterface } from "node:readline";

import { WebSocket } from "ws";

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/ws?notifications=`, "zarrcam.v1");
const waiting = new Map();
let lastId = 0;
function call(method, params = {}) {
  const id = ++lastId;
  socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}
socket.on("message", (data) => {
  const { id, result, error } = JSON.parse(data.toString());
  if (error) waiting.get(id)?.reject(new Error(JSON.stringify(error)));
  else waiting.get(id)?.resolve(result);
});
await new Promise((resolve) => socket.once("open", resolve));

let over = false;
const lines = createInterface({ input: process.stdin });
const configuration = await new Promise((resolve) => lines.once("line", (line) => resolve(JSON.parse(line))));
const ended = new Promise((resolve) => lines.once("close", resolve)).then(() => (over = true));
await call("set_configuration", { configuration });
await call("start", { record: true });
while ((await call("get_stats")).streams[0].ledger.stored < 10) await new Promise((resolve) => setTimeout(resolve, 50));
console.log("records");
const searches = [];
while (!over) searches.push(await call("rigs.discover"));
await ended;
const { streams } = await call("stop");
console.log(JSON.stringify({ ledger: streams[0].ledger, searches }));
socket.close();
