import { mount } from "svelte";
import "./app/tokens.css";
import "./app/base.css";
import { Preferences } from "./app/preferences.svelte.ts";
import { bridgeOrigin } from "./connection/bridge-address.ts";
import { makeOverview } from "./rigs/page-overview.ts";
import RigsPage from "./rigs/RigsPage.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("rigs.html has no #app");
mount(RigsPage, { target, props: { overview: makeOverview(bridgeOrigin()), theme: new Preferences() } });
