import type { Role } from "@zarrcam/protocol";

/** The roles as people read them, from the least. */
export const ROLES: readonly { role: Role; label: string; means: string }[] = [
  {
    role: "observe",
    label: "Observe",
    means: "Sees the live view and all datasets, and can download them. Changes nothing.",
  },
  {
    role: "control",
    label: "Control",
    means: "Sets up and runs the cameras, too: records, stops, copies data to the camera computer.",
  },
  {
    role: "admin",
    label: "Administer",
    means: "Decides who may come here, too, and may open any file of the camera computer.",
  },
];

/** "observe", within a sentence. */
export const roleWord = (role: Role): string => ROLES.find((one) => one.role === role)?.label.toLowerCase() ?? role;
