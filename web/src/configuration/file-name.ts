/** The last part of a path of the camera computer. Only where paths begin with a drive does a backslash part them. */
export function fileName(path: string): string {
  return path.split(path.startsWith("/") ? "/" : /[/\\]/).at(-1) ?? path;
}
