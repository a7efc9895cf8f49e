// Longer than the rest: every part of the page is made here once, and each line is one wire between two of them.
import type { ConnectedRuntime } from "@zarrcam/client/remote";
import type {
  AppliedChange,
  AuditPage,
  CameraFeature,
  Capabilities,
  Configuration,
  ControlCalls,
  ControlState,
  DatasetInfo,
  DeviceInfo,
  FileDescription,
  LossPage,
  Problem,
  Recovery,
  RuntimeState,
  Stats,
  StreamStats,
  Suggestion,
  Trash,
  AccessPattern,
  Validation,
  VideoStream,
  You,
} from "@zarrcam/protocol";
import { AccessDesk, type AccessDeskPort } from "../access/access-desk.svelte.ts";
import { deviceName } from "../access/device-name.ts";
import { leave } from "../access/entry-client.ts";
import { Entry } from "../access/entry.svelte.ts";
import { Permissions } from "../access/permissions.svelte.ts";
import type { BridgeState } from "../connection/bridge-state.svelte.ts";
import { bridgeOrigin } from "../connection/bridge-address.ts";
import { chosenCameras } from "../connection/cameras-of.ts";
import type { Connection } from "../connection/connection.svelte.ts";
import { Control } from "../control/control.svelte.ts";
import type { ControlDeskPort } from "../control/control-desk-port.ts";
import type { ControlPort } from "../control/ports.ts";
import { BrowserStorage } from "../datasets/browser-storage.svelte.ts";
import { DatasetList } from "../datasets/dataset-list.svelte.ts";
import { OpenedFiles } from "../datasets/opened-files.svelte.ts";
import { DatasetExport } from "../datasets/export/dataset-export.svelte.ts";
import { DatasetUpload } from "../datasets/upload/dataset-upload.svelte.ts";
import type { DatasetsPort, ThumbnailSource } from "../datasets/ports.ts";
import { DiskRoom } from "../draft/disk-room.ts";
import { DraftForm } from "../draft/draft-form.ts";
import { Draft } from "../draft/draft.svelte.ts";
import { Editing } from "../draft/editing.svelte.ts";
import { FreeNames } from "../draft/free-names.ts";
import { RegionOfInterest } from "../draft/region-of-interest.ts";
import { Remedies } from "../draft/remedies.svelte.ts";
import { ReplacedCameras } from "../draft/replaced-cameras.svelte.ts";
import { ShownCamera } from "../draft/shown-camera.svelte.ts";
import type { FramesPort } from "../frames/ports.ts";
import type { LayoutPort } from "../layout/ports.ts";
import { MessageLog } from "../log/message-log.svelte.ts";
import type { RatesPort } from "../rates/ports.ts";
import { Rates } from "../rates/rates.svelte.ts";
import { openRecorder } from "../recorder/index.ts";
import { BrowserRecovery } from "../run/browser-recovery.svelte.ts";
import { LastRecorded } from "../run/last-recorded.svelte.ts";
import type { RunPort } from "../run/ports.ts";
import { Replacement } from "../run/replacement.ts";
import { RestartRecovery } from "../run/restart-recovery.svelte.ts";
import { RunActions } from "../run/run-actions.svelte.ts";
import type { Result } from "../run/result.ts";
import { RunResults } from "../run/run-results.svelte.ts";
import { Speed } from "../run/speed.svelte.ts";
import { StoreHere } from "../run/store-here.svelte.ts";
import { Objectives } from "../setup/objectives.svelte.ts";
import type { SetupPort, UsbCameras } from "../setup/ports.ts";
import { Questions, type Question } from "../ui/questions.svelte.ts";
import { Thumbnails } from "../viewer/index.ts";
import type {
  ArchivePlace,
  BrowserShelf,
  DatasetPlace,
  PicturesPlace,
  Rectangle,
  ViewerControl,
  ViewerHooks,
} from "../viewer/ports.ts";
import { listenersOf } from "./bridge-events.ts";
import { browserPart } from "./browser-part.ts";
import { whenWaking } from "../ui/waking.ts";
import { ComputerDatasets } from "./computer-datasets.svelte.ts";
import { connectionOf, picturesOf, usbCamerasOf } from "./camera-place.ts";
import { type EndSignal, allowSignal, signalEnd } from "./end-signal.ts";
import { commitFocusedField, focusField, focusProblems } from "./field-focus.ts";
import { KeepOpen } from "./keep-open.ts";
import { Navigation } from "./navigation.svelte.ts";
import { objectivesKeeper } from "./objectives-keeper.ts";
import { Preferences } from "./preferences.svelte.ts";
import { makeSite } from "./site-parts.ts";

/** What each folder asks of the page; each sees its own part and no more. */
type Ports = SetupPort &
  LayoutPort &
  RunPort &
  FramesPort &
  RatesPort &
  DatasetsPort &
  ControlPort &
  ControlDeskPort &
  ViewerHooks;

/**
 * One of everything on the page, wired. It decides nothing: each part gets it as a port of its own type, and knows of
 * the others what that says.
 */
export class Workspace implements Ports {
  readonly log = new MessageLog();
  readonly say = this.log.say;
  readonly announce = this.log.announce;
  readonly preferences = new Preferences();
  readonly questions = new Questions();
  readonly navigation = new Navigation(this);
  readonly focusField = focusField;
  readonly focusProblems = focusProblems;
  readonly commitFocusedField = commitFocusedField;
  viewer = $state.raw<ViewerControl | null>(null);
  readonly permissions: Permissions = new Permissions(this);

  readonly access: AccessDesk = new AccessDesk(this);
  /** The way back in, for a page that is not let in any more. */
  readonly entry = new Entry(
    {
      origin: location.origin,
      deviceName: deviceName(navigator),
      open: (link) => location.assign(link),
      // All that the page shows is asked anew.
      entered: () => location.reload(),
    },
    null,
  );

  readonly draft: Draft = new Draft(
    {
      fetch: () => this.connection.required.getRevision(),
      validate: (configuration) => this.validate(configuration),
      apply: (configuration, revision) => this.apply(configuration, revision),
    },
    {
      notice: (text) => this.say(text, { polite: true }),
      validated: (validation) => this.freeNames.validated(validation),
    },
  );
  readonly freeNames = new FreeNames(this);
  readonly camera = new ShownCamera(this);
  readonly replacedCameras = new ReplacedCameras(() => this.draft.working);
  readonly editing = new Editing(this);
  readonly remedies = new Remedies(this);
  readonly form = new DraftForm(this.draft, this.editing, this.remedies);
  readonly objectives = new Objectives(() => objectivesKeeper(this.camerasOf, this.runtime));
  readonly disk = new DiskRoom(this);
  readonly regionOfInterest = new RegionOfInterest(this);
  readonly browser = browserPart(this.say);
  readonly browserStorage = new BrowserStorage(this.browser);
  readonly computer: ComputerDatasets = new ComputerDatasets(this);
  readonly datasets = new DatasetList(() => ({
    bridge: this.computer.runtime,
    browser: this.browser.list,
  }));
  readonly exports = new DatasetExport(this);
  readonly uploads = new DatasetUpload(this);
  readonly openedFiles = new OpenedFiles(this);
  readonly rates = new Rates();

  readonly results = new RunResults(sessionStorage, this.say);
  readonly recorded = new LastRecorded();
  readonly control = new Control(this);
  readonly keepOpen = new KeepOpen();
  readonly hasCore = import.meta.env.VITE_HAS_CORE === true;
  readonly openRecorder = openRecorder;
  readonly store: StoreHere = new StoreHere(this, localStorage);
  readonly speed = new Speed((text) => this.say(text, { polite: true }));
  readonly replacement = new Replacement(this);
  readonly actions: RunActions = new RunActions(this);
  readonly restartRecovery = new RestartRecovery(this);
  readonly browserRecovery: BrowserRecovery = new BrowserRecovery(this);

  readonly bridgeOrigin = bridgeOrigin();
  /** Whose cameras the page shows, as long as it is open. */
  readonly camerasOf = chosenCameras(this.bridgeOrigin, sessionStorage);
  readonly connection: Connection = connectionOf(this, listenersOf(this));
  /** What a page that came from no bridge has besides; null: a bridge gave it. */
  readonly site = import.meta.env.VITE_SITE ? makeSite(this) : null;

  // What the camera computer says, from where it is held.

  get runtime(): ConnectedRuntime | null {
    return this.connection.runtime;
  }
  get bridge(): BridgeState {
    return this.connection.bridge;
  }
  get isConnected(): boolean {
    return this.connection.isConnected;
  }
  get controlState(): ControlState | null {
    return this.bridge.control;
  }
  get connectionProblem(): string | null {
    return this.connection.reason;
  }
  get bridgeUrl(): string {
    return this.bridgeOrigin ?? location.origin;
  }
  /** Who this page is to its cameras; null: nobody says, so it is this computer. */
  get you(): You | null {
    return this.bridge.you;
  }
  get isAlone(): boolean {
    return this.bridge.hello?.alone ?? false;
  }
  get isShutOut(): boolean {
    return this.connection.state === "shut_out";
  }
  /** There is somebody to ask who may come here. */
  get hasAccess(): boolean {
    return this.camerasOf === "Camera computer" && this.site === null;
  }
  readFeatures(stream: number): Promise<CameraFeature[]> {
    return this.connection.runtime?.cameraFeatures(stream) ?? Promise.resolve([]);
  }
  async searchCameras(): Promise<string[]> {
    const { devices, advice } = (await this.connection.runtime?.refreshDevices()) ?? { devices: null, advice: [] };
    if (devices) this.bridge.takeDevices(devices);
    return advice;
  }
  get controlRefusal(): string | null {
    return this.permissions.refusal("control");
  }
  get isRecording(): boolean {
    return this.bridge.isRecording;
  }
  get runtimeState(): RuntimeState {
    return this.bridge.runtimeState;
  }
  get capabilities(): Capabilities {
    return this.bridge.capabilities;
  }
  get usbCameras(): UsbCameras | null {
    return usbCamerasOf(this.runtime);
  }
  get devices(): readonly DeviceInfo[] {
    return this.bridge.devices;
  }
  get dataDir(): string {
    return this.camerasOf === "This browser" ? "" : this.bridge.dataDir;
  }
  get stats(): Stats | null {
    return this.bridge.stats;
  }
  get statsAtMs(): number {
    return this.bridge.statsAtMs;
  }
  get streams(): readonly StreamStats[] {
    return this.bridge.streamStats;
  }
  get runId(): string | null {
    return this.stats?.run_id ?? null;
  }
  get recordingStats(): StreamStats | null {
    const shown = this.isRecording ? this.streams.find(({ stream }) => stream === this.shownStream) : undefined;
    return shown ?? null;
  }
  get framesInFlight(): number {
    return this.streams.reduce((sum, { ledger }) => sum + ledger.in_flight, 0);
  }

  // What is in sight.

  get shownStream(): number {
    return this.camera.index;
  }
  get shownDataset(): string | null {
    return this.viewer?.dataset ?? null;
  }
  get shownDatasetPlace(): DatasetPlace | null {
    return this.viewer?.datasetPlace ?? null;
  }
  get shownFps(): number | null {
    return this.viewer?.shownFps ?? null;
  }
  get renderer(): ViewerHooks["renderer"] {
    return this.preferences.renderer;
  }
  keepRenderer(choice: ViewerHooks["renderer"]): void {
    this.preferences.setRenderer(choice);
  }
  /** Where live pictures come from; null: there are no cameras. */
  pictures(): PicturesPlace | null {
    return picturesOf(this);
  }
  makeThumbnails(): ThumbnailSource {
    return new Thumbnails((name) => this.browser.datasets.connect(name));
  }
  selectCamera(index: number): void {
    this.camera.select(index);
    this.viewer?.selectStream(index);
  }
  /** The user chose another camera on the canvas. */
  selectStream(index: number): void {
    this.camera.select(index);
  }
  openDataset(name: string, place: DatasetPlace): void {
    this.viewer?.openDataset(name, place);
  }
  closeDataset(): void {
    this.viewer?.closeDataset();
  }
  openArchive(place: ArchivePlace): void {
    this.viewer?.openArchive(place);
  }
  showSetup(): void {
    this.navigation.leftTab = "setup";
  }
  openLayout(): void {
    this.navigation.dockTab = "layout";
  }
  importRefused(): void {
    this.navigation.dockTab = "log";
  }
  goToProblem(problem: Problem): Promise<void> {
    return this.navigation.goToProblem(problem);
  }
  ask(question: Question): Promise<boolean> {
    return this.questions.ask(question);
  }

  // What is asked of the camera computer, and of other parts.

  callControl<M extends keyof ControlCalls>(method: M, params: ControlCalls[M]["params"]): Promise<ControlState> {
    const { bridge } = this.connection.required;
    if (!bridge) throw new Error("The cameras of this browser are its own.");
    return bridge.call(method, params);
  }
  async getAudit(part: { from: number; count: number }): Promise<AuditPage> {
    const { bridge } = this.connection.required;
    return bridge?.call("access.audit", part) ?? { entries: [], total: 0, path: null, problem: null };
  }
  callAccess: AccessDeskPort["callAccess"] = (method, params) => {
    const { bridge } = this.connection.required;
    if (!bridge) throw new Error("The cameras of this browser let nobody else in.");
    return bridge.call(method, params);
  };
  async leave(): Promise<void> {
    await leave();
    location.reload();
  }
  connect(): void {
    this.control.begin();
    void this.store.look();
    void this.browserRecovery.look();
    void this.connection.connect();
    whenWaking(() => this.connection.wake());
    void this.computer.connect();
    void this.site?.version.begin();
  }
  validate(configuration: Configuration): Promise<Validation> {
    return this.store.validate(configuration);
  }
  judge(configuration: Configuration, how: { storeHere: boolean }): Promise<Validation> {
    return this.connection.required.validate(configuration, how);
  }
  async apply(configuration: Configuration, revision: number): Promise<AppliedChange> {
    const change = await this.connection.setConfiguration(configuration, revision);
    if (!this.store.choice.isHere) return change;
    return { ...change, validation: await this.validate(change.configuration) };
  }
  async suggest(use: AccessPattern): Promise<Suggestion | null> {
    return (await this.runtime?.suggest(this.shownStream, use)) ?? null;
  }
  async nextName(uri: string, taken: readonly string[]): Promise<string | null> {
    return (await this.runtime?.nextName(uri, taken)) ?? null;
  }
  async nextNameThere(name: string, taken: readonly string[]): Promise<string | null> {
    return (await this.computer.runtime?.nextName(name, taken)) ?? null;
  }
  datasetsChanged(): void {
    void this.datasets.refresh("bridge");
  }
  async getLosses(stream: number, from: number): Promise<LossPage | null> {
    return (await this.runtime?.getLosses(stream, { from })) ?? null;
  }
  storedAt(stats: StreamStats): ReturnType<FramesPort["storedAt"]> {
    return this.store.storedAt(stats);
  }
  openHere(name: string): void {
    this.openDataset(name, "browser");
  }
  openThere(name: string): void {
    this.openDataset(name, "bridge");
  }
  async exportHere(name: string): Promise<void> {
    // Its progress stands there.
    this.navigation.leftTab = "datasets";
    const info = await this.getDatasetInfo(name, "browser");
    if (info) await this.exports.start({ ...info, place: "browser" });
  }
  async getDatasetInfo(name: string, place: DatasetPlace = "bridge"): Promise<DatasetInfo | null> {
    const shelf = place === "browser" ? this.browserDatasets : this.computer.runtime;
    return (await shelf?.getDatasetInfo(name).catch(() => null)) ?? null;
  }
  async getDatasetSettings(name: string, place: DatasetPlace): Promise<VideoStream | null> {
    if (place === "browser") return this.browser.datasets.settings(name);
    return (await this.computer.runtime?.getDatasetSettings(name)) ?? null;
  }
  async getFileDescription(name: string): Promise<FileDescription | null> {
    return (await this.computer.runtime?.getFileDescription(name)) ?? null;
  }
  async recoverDataset(name: string, place: DatasetPlace): Promise<Recovery> {
    return place === "browser" ? this.browser.datasets.recover(name) : this.#computerRuntime.recoverDataset(name);
  }
  get #computerRuntime(): ConnectedRuntime {
    const { runtime } = this.computer;
    if (!runtime) throw new Error("The camera computer is not connected.");
    return runtime;
  }
  async renameDataset(name: string, to: string): Promise<void> {
    await this.#computerRuntime.renameDataset(name, to);
  }
  async deleteDataset(name: string): Promise<Trash> {
    return this.#computerRuntime.deleteDataset(name);
  }
  async getTrash(): Promise<Trash | null> {
    return (await this.computer.runtime?.getTrash()) ?? null;
  }
  async emptyTrash(): Promise<Trash> {
    return this.#computerRuntime.emptyTrash();
  }
  removeBrowserDataset(name: string): Promise<void> {
    return this.browser.datasets.remove(name);
  }
  get bridgeDatasets(): ConnectedRuntime | null {
    return this.computer.runtime;
  }
  get browserDatasets(): BrowserShelf | null {
    return this.browser.shelf;
  }
  get runPlace(): DatasetPlace {
    return this.camerasOf === "This browser" ? "browser" : "bridge";
  }
  isRecordRefused(): boolean {
    return this.actions.refusal("record") !== null;
  }
  readonly signalEnd = (result: Result): void => signalEnd(this.preferences.endSignal, result);
  get endSignal(): EndSignal {
    return this.preferences.endSignal;
  }
  async chooseEndSignal(signal: EndSignal): Promise<void> {
    this.preferences.setEndSignal(await allowSignal(signal));
  }
  startLive(): void {
    void this.actions.startLive();
  }
  saveTiff(): void {
    void this.actions.saveTiff();
  }
  setRegion(stream: number, region: Rectangle | null): void {
    this.regionOfInterest.set(stream, region);
  }
  showFullFrame(): void {
    this.regionOfInterest.set(this.shownStream, null);
  }
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}
