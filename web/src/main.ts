import { mount } from "svelte";
import "./app/tokens.css";
import "./app/base.css";
import App from "./app/App.svelte";
import { Desk } from "./app/desk.svelte.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
const desk = new Desk();
mount(App, { target, props: { desk } });
desk.connect();
