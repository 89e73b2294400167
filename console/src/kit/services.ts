/** The services, in the order in which people read them. */
export const SERVICES = ["identity", "enrollment", "registry", "courses", "finance", "exams"] as const;
export type Service = (typeof SERVICES)[number];

/** The end of an address that names a service; none is the first. */
export const SERVICE_PARAM = `:service(${SERVICES.join("|")})?`;
