/// <reference types="vite/client" />

/** What the build says of itself (`vite.config.ts`). */
interface ImportMetaEnv {
  /** The page is the static site: whoever gave it is no bridge. Absent where nothing was built. */
  readonly VITE_SITE?: boolean;
  /** Where the core lies, from the page's address on. Absent where nothing was built. */
  readonly VITE_CORE?: string;
  /** Where the driver of USB3 Vision cameras lies, likewise. */
  readonly VITE_USB3VISION?: string;
  /** There is a core for browsers: it is asked of no server. Absent where nothing was built. */
  readonly VITE_HAS_CORE?: boolean;
}
