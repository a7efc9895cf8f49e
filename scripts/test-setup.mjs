// Before any test: the command line that the tests start is that of the sources as they are.
import { bridge } from "./build.mjs";

export default () => bridge();
