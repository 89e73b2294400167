"""The routes of issued documents, the same for every service that issues any."""

from contracts.common import of_service
from contracts.documents import CheckDocument, GetIssuedDocumentFile, ListIssuedDocuments, WithdrawIssuedDocument
from gateway.route import PUBLIC, Route, get, post

TELLS_NOTHING_BEFORE = 0.3
"""Seconds in which a check is answered, whether there is such a document or not."""


def documents_of(service: str) -> tuple[Route, ...]:
    """A service's issued documents, and the checking of them by anybody."""
    read, one = f"{service}.read_documents", f"/issued-documents/{service}/{{document_id}}"
    return (
        get(f"/issued-documents/{service}", of_service(service, ListIssuedDocuments), read),
        get(f"{one}/file", of_service(service, GetIssuedDocumentFile), read, downloads=""),
        post(f"{one}/withdraw", of_service(service, WithdrawIssuedDocument), f"{service}.withdraw_documents"),
        post(
            f"/document-checks/{service}", of_service(service, CheckDocument), PUBLIC, never_before=TELLS_NOTHING_BEFORE
        ),
    )
