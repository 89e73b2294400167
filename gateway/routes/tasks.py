"""The task centre and the to-do list: what the gateway asks of all services."""

from contracts.common import CancelTask, GetTask, of_service
from gateway.route import SIGNED_IN, get, post
from gateway.task_centre import GetTaskResult, ListAllTasks
from gateway.to_do import ListToDo

ABOUT = "任务中心、待办、文件、实时消息 · Task centre, to-do list, files, live updates"

ROUTES = (
    get("/tasks", ListAllTasks, SIGNED_IN),
    get("/to-do", ListToDo, SIGNED_IN),
    get("/tasks/{task_id}", of_service("gateway", GetTask), SIGNED_IN),
    post("/tasks/{task_id}/cancel", of_service("gateway", CancelTask), SIGNED_IN),
    get("/tasks/{task_id}/result", GetTaskResult, SIGNED_IN, downloads=""),
)
