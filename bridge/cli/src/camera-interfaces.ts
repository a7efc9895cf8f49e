/** The option by which a network may be searched for cameras: without it nothing is sent to any. */
export const cameraInterfaceHelp = {
  value: "NAME",
  text: "search this network interface for cameras; all: every one; may be given several times. Default: no network is searched",
};
