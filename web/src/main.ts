import { mount } from "svelte";
import "./app/tokens.css";
import "./app/base.css";
import App from "./app/App.svelte";
import { Workspace } from "./app/workspace.svelte.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
const workspace = new Workspace();
mount(App, { target, props: { workspace } });
workspace.connect();
