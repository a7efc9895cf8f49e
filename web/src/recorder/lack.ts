/** What a browser must have to store a recording: what this worker sees of it. */
interface Scope {
  isSecureContext: boolean;
  navigator: { storage?: { getDirectory?: () => Promise<unknown> }; locks?: unknown };
  WebAssembly?: unknown;
  FileSystemFileHandle?: { prototype: object };
}

/**
 * Why nothing can be stored in this browser, in a sentence; null: it can. For workers: elsewhere no file opens.
 *
 * @param hasCore whether the page was built with a core for the browser
 */
export async function lackOf(hasCore: boolean, scope: Scope = globalThis): Promise<string | null> {
  if (!hasCore)
    return "This page was built without the core for browsers: install Rust's target wasm32-unknown-unknown on the camera computer, and start it anew.";
  if (!scope.isSecureContext)
    return "Browsers store recordings of secure pages alone: open this page by https, or on the camera computer itself.";
  if (!scope.WebAssembly) return "This browser runs no WebAssembly, by which it would store a recording.";
  if (!scope.navigator.storage?.getDirectory)
    return "This browser gives pages no storage of their own (OPFS): take a newer one.";
  if (!scope.navigator.locks) return "This browser has no locks between its tabs (Web Locks): take a newer one.";
  if (!scope.FileSystemFileHandle || !("createSyncAccessHandle" in scope.FileSystemFileHandle.prototype))
    return "This browser does not let workers write files at once (sync access handles): take a newer one.";
  try {
    await scope.navigator.storage.getDirectory();
    return null;
  } catch (error) {
    return `This browser refuses its storage, as private windows do: ${error instanceof Error ? error.message : String(error)}`;
  }
}
