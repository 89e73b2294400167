/** What can be done with an issued document, wherever it is listed. */
import { command, downloading } from "@/kit/actions";
import type { Row } from "@/kit/contract";

type Issued = Row<"registry.ListIssuedDocuments">;

export const documentActions = [
  downloading("registry.GetIssuedDocumentFile"),
  command("registry.IssueEnrolmentCertificate", {
    title: "换发",
    when: ({ status, document, student_id }: Issued) =>
      status === "valid" && document === "enrolment_certificate" && student_id !== null,
    preset: ({ id }: Issued) => ({ replaces_id: id }),
    hidden: ["replaces_id"],
  }),
  command("registry.WithdrawIssuedDocument", {
    when: ({ status }: Issued) => status === "valid",
    preset: () => ({ reason: "" }),
    danger: true,
  }),
];
