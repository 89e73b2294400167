/** How the roles of a user read. */
import { choice, type Row } from "@/kit/contract";
import { NOTHING } from "@/kit/text/show";

type User = Pick<Row<"identity.ListUsers">, "roles">;
type Grant = User["roles"][number];

function told({ role, modules = [] }: Grant): string {
  const of = modules.map((module) => choice("Module", module)).join("、");
  return choice("Role", role) + (of && `（${of}）`);
}

/** The roles with the modules that each is for: `教学点工作人员（学籍、教务）`. */
export const rolesOf = ({ roles }: User) => roles.map(told).join("、") || NOTHING;
