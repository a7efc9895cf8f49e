// What another host of a test does with multicast DNS: `listen ADDRESS MS` tells who sends, `flood ADDRESS RECORDS` announces
// services that nobody has. Plain JavaScript, since it runs in a namespace of its own.
import { createSocket } from "node:dgram";

const GROUP = "224.0.0.251";
const PORT = 5353;
const SERVICE = ["_zarrcam", "_tcp", "local"];
const PER_PACKET = 40;

const [mode, address, count] = process.argv.slice(2);
const socket = createSocket({ type: "udp4", reuseAddr: true });
socket.bind(PORT, () => {
  socket.addMembership(GROUP, address);
  socket.setMulticastInterface(address);
  if (mode === "listen") listen(Number(count));
  else void flood(Number(count));
});

function listen(ms) {
  socket.on("message", (_message, { address }) => console.log(`from ${address}`));
  console.log("listens");
  setTimeout(() => process.exit(0), ms);
}

/** Pointers to services, each with its place and its text: at addresses of strangers, with what a page must not run. */
async function flood(records) {
  let sent = 0;
  for (let number = 0; sent < records;) {
    const answers = [];
    for (let one = 0; one < PER_PACKET / 4 && sent < records; one++, number++, sent += 4) {
      const name = [`<img src=x onerror=alert(${number})>`, ...SERVICE];
      const host = [`h${number}`, "local"];
      answers.push(
        // Without a pointer who announces cannot tell that it is not for it, and keeps it.
        ...(number % 20 < 10 ? [record(SERVICE, 12, encode(name))] : [record(host, 16, text("a"))]),
        record(name, 33, Buffer.concat([Buffer.from([0, 0, 0, 0, 0x20, 0xe5]), encode(host)])),
        record(name, 16, text("scheme=javascript")),
        record(
          host,
          1,
          Buffer.from(number % 2 ? [8, 8, 8, 8] : [10, number >> 16, number >> 8, number].map((byte) => byte & 255)),
        ),
      );
    }
    const head = Buffer.from([0, 0, 0x84, 0, 0, 0, answers.length >> 8, answers.length & 255, 0, 0, 0, 0]);
    const packet = Buffer.concat([head, ...answers]);
    await new Promise((resolve) => socket.send(packet, PORT, GROUP, resolve));
  }
  console.log(`sent ${sent}`);
  process.exit(0);
}

function encode(labels) {
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]),
    Buffer.from([0]),
  ]);
}
function text(...strings) {
  return Buffer.concat(strings.flatMap((one) => [Buffer.from([one.length]), Buffer.from(one)]));
}
function record(name, type, data) {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(4500, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([encode(name), head, data]);
}
