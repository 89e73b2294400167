"""The routes of the school's settings, the same for every service that has some."""

from contracts.common import of_service
from contracts.settings import ChangeSetting, ListSettingChanges, ListSettings, RevokeSettingChange
from gateway.route import Route, get, post, put


def settings_of(service: str) -> tuple[Route, ...]:
    """What a service's settings are, were and are going to be, and how they are changed."""
    read, manage = f"{service}.read_settings", f"{service}.manage_settings"
    return (
        get(f"/settings/{service}", of_service(service, ListSettings), read),
        put(f"/settings/{service}/{{name}}", of_service(service, ChangeSetting), manage),
        get(f"/setting-changes/{service}", of_service(service, ListSettingChanges), read),
        post(f"/setting-changes/{service}/{{change_id}}/revoke", of_service(service, RevokeSettingChange), manage),
    )
