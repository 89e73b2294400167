"""The task centre."""

from contracts.common import CancelTask, GetTask, of_service
from gateway.route import SIGNED_IN, get, post
from gateway.task_centre import GetTaskResult, ListAllTasks

ABOUT = "任务中心、文件、实时消息 · Task centre, files, live updates"

ROUTES = (
    get("/tasks", ListAllTasks, SIGNED_IN),
    get("/tasks/{task_id}", of_service("gateway", GetTask), SIGNED_IN),
    post("/tasks/{task_id}/cancel", of_service("gateway", CancelTask), SIGNED_IN),
    get("/tasks/{task_id}/result", GetTaskResult, SIGNED_IN, downloads=""),
)
