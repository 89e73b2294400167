"""The task centre."""

from gateway.route import SIGNED_IN, get, post
from gateway.task_centre import CancelOneTask, GetOneTask, GetTaskResult, ListAllTasks

ROUTES = (
    get("/tasks", ListAllTasks, SIGNED_IN),
    get("/tasks/{task_id}", GetOneTask, SIGNED_IN),
    post("/tasks/{task_id}/cancel", CancelOneTask, SIGNED_IN, refusals=["task_finished"]),
    get("/tasks/{task_id}/result", GetTaskResult, SIGNED_IN, downloads=True, refusals=["file_missing"]),
)
