/** Where a dataset is: in the data folder of the camera computer, or in this browser's own storage. */
export type DatasetPlace = "bridge" | "browser";
