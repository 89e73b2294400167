import { auditList } from "@/kit/detail/trail";
import { serviceLists } from "@/kit/services";

export default serviceLists(auditList);
