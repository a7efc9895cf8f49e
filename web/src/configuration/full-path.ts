/** Where a name lies on the camera computer: relative ones are under the data folder. */
export function fullPath(dataDir: string, uri: string): string {
  if (/^([/\\]|[A-Za-z]:[/\\])/.test(uri)) return uri;
  const separator = dataDir.includes("\\") ? "\\" : "/";
  return `${dataDir.replace(/[/\\]$/, "")}${separator}${uri}`;
}
