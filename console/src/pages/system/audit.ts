import { auditList } from "@/kit/detail/trail";
import { serviceLists } from "@/kit/list/by-service";

export default serviceLists(auditList);
