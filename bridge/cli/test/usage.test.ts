import { expect, test } from "vitest";

import { cli } from "./run-cli.ts";

test("without a command it says which there are, and exits 2", async () => {
  const { code, stdout } = await cli([]);
  expect(code).toBe(2);
  for (const name of ["serve", "devices", "validate", "acquire", "info", "recover", "access"])
    expect(stdout).toContain(`  ${name} `);
});

test.each([[["--help"]], [["help"]], [["serve", "--help"]], [["acquire", "-h"]]])(
  "%j helps, and exits 0",
  async (args) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("zarrcam");
  },
);

test.each([
  [["fly"], /no command "fly"/],
  [["constructor"], /no command/],
  [["devices", "--colour"], /--colour/],
  [["devices", "extra"], /"extra"/],
  [["validate"], /CONFIG\.json is missing/],
  [["acquire", "a.json", "--frames", "many"], /--frames takes a whole number/],
  [["acquire", "a.json", "--frames", "-1"], /frames/],
  [["acquire", "a.json", "--json", "--events"], /exclude/],
  [["serve", "--port", "99999"], /--port takes a whole number from 0 to 65535/],
  [["serve", "--allow-origin", "viewer.example"], /--allow-origin takes an origin/],
  [["serve", "--allow-origin", "https://viewer.example/path"], /--allow-origin takes an origin/],
  [["serve", "--allow-control", "*"], /--allow-control takes an origin/],
  [["access"], /ACTION is missing/],
  [["serve", "--insecure"], /--insecure says how other computers reach this one, and goes with --lan/],
  [["serve", "--name", "rig3"], /--name .* goes with --lan/],
  [["serve", "--lan", "--name", "rig 3"], /--name takes a name of this computer/],
  [["serve", "--lan", "--cert", "a.pem"], /--cert and --key go together/],
  [["serve", "--lan", "--insecure", "--cert", "a.pem", "--key", "b.pem"], /--cert has no use/],
])("%j is wrong usage: exit 2, and nothing on standard output", async (args, message) => {
  const { code, stdout, stderr } = await cli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
});

test.each(["0.0.0.0", "192.168.1.7", "::"])("serving on %s is refused, with the way that is safe", async (host) => {
  const { code, stderr } = await cli(["serve", "--host", host, "--port", "9000"]);
  expect(code).toBe(2);
  expect(stderr).toContain("zarrcam serve --lan --port 9000");
});
